/**
 * Tools that run a repository's hooks. They make the hook that Git runs anew whenever they are
 * installed, so that lines of ours have to stand in the file that they read.
 */
import { HOOK_COMMAND } from "./git-setup-files.ts";

/** A tool whose configuration lists the commands of a hook. */
export interface HookManager {
	readonly name: string;
	/** Its configuration, one of which is at the top of the work tree. */
	readonly files: readonly string[];
	/** The lines that run the check. */
	readonly lines: readonly string[];
}

export const HOOK_MANAGERS: readonly HookManager[] = [
	{
		name: "lefthook",
		files: ["lefthook", ".lefthook"].flatMap((name) =>
			["yml", "yaml", "toml", "json"].map((extension) => `${name}.${extension}`),
		),
		lines: ["pre-commit:", "  commands:", "    pprotect:", `      run: ${HOOK_COMMAND}`],
	},
	{
		name: "pre-commit",
		files: [".pre-commit-config.yaml"],
		lines: [
			"- repo: local",
			"  hooks:",
			"  - id: pprotect-check",
			"    name: pprotect check",
			`    entry: ${HOOK_COMMAND}`,
			"    language: system",
			"    pass_filenames: false",
		],
	},
];

/** Whether a configuration runs the check already. */
export function runsCheck(configuration: string): boolean {
	return /\bpprotect(?:['"])? check\b|\bpprotect-check\b/.test(configuration);
}

/**
 * The file for our lines, of the one that Git runs. husky makes `.husky/_/pre-commit`, which runs
 * `.husky/pre-commit`.
 */
export function hookOfHusky(path: string): string {
	return path.replace(/([\\/]\.husky)[\\/]_([\\/][^\\/]+)$/, "$1$2");
}
