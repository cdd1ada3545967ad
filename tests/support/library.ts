/** The library as a user has it: the package, packed and installed in a project of its own. */
import {
	cpSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../../scripts/compile.ts";
import { NODE_VERSIONS } from "../../scripts/library/manifest.ts";
import { scratchFolder } from "./scratch-folder.ts";

/** What runs a module: the runtime's name and its command, or null with the reason in the name. */
export const RUNTIMES: readonly (readonly [name: string, command: string | null])[] = [
	["Bun", process.execPath],
	systemNode(),
];

function systemNode(): readonly [name: string, command: string | null] {
	const node = Bun.which("node");
	if (node === null) return ["Node (skipped: node is not installed)", null];
	const version = Bun.spawnSync([node, "--version"]).stdout.toString().trim();
	const isNewEnough = Bun.semver.satisfies(version, NODE_VERSIONS);
	if (isNewEnough) return ["Node", node];
	return [`Node (skipped: node is ${version}, and the library needs ${NODE_VERSIONS})`, null];
}

export interface Ran {
	readonly stdout: string;
	readonly stderr: string;
	readonly exitCode: number;
}

/** Runs a command to its end, in `cwd`. */
export function runIn(
	cwd: string,
	command: readonly string[],
	env: Readonly<Record<string, string>> = {},
): Ran {
	const environment = { PATH: process.env.PATH ?? "", HOME: cwd, ...env };
	const { stdout, stderr, exitCode } = Bun.spawnSync([...command], { cwd, env: environment });
	return { stdout: stdout.toString(), stderr: stderr.toString(), exitCode };
}

/** As {@link runIn}. @throws Error with all that the command said where it fails. */
export function mustRunIn(cwd: string, ...command: readonly string[]): string {
	const { stdout, stderr, exitCode } = runIn(cwd, command);
	if (exitCode !== 0) throw new Error(`${command.join(" ")}\n${stdout}${stderr}`);
	return stdout;
}

/**
 * A project with the packed library installed, as a package manager would: its files from the
 * tarball, and beside it what its manifest depends on, no more.
 */
export function createProject(parent?: string): string {
	const project = scratchFolder(parent);
	// Beside other test files, which build it too.
	const built = join(project, "built");
	mustRunIn(ROOT, process.execPath, "scripts/build-library.ts", built);
	mustRunIn(built, process.execPath, "pm", "pack", "--quiet", "--destination", project);
	rmSync(built, { recursive: true });
	const [tarball = ""] = readdirSync(project);
	const installed = join(project, "node_modules/pprotect");
	mkdirSync(installed, { recursive: true });
	mustRunIn(project, "tar", "-xzf", tarball, "--strip-components=1", "-C", installed);
	const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
	for (const name of Object.keys(dependencies)) {
		const copy = join(project, "node_modules", name);
		cpSync(join(ROOT, "node_modules", name), copy, { recursive: true });
	}
	for (const name of ["@types/node", "undici-types"]) link(project, name);
	writeFileSync(join(project, "package.json"), '{ "type": "module" }');
	return project;
}

function link(project: string, name: string): void {
	const path = join(project, "node_modules", name);
	mkdirSync(dirname(path), { recursive: true });
	symlinkSync(join(ROOT, "node_modules", name), path, "junction");
}

/** How a user's project may find modules. */
export const MODULE_SETTINGS = {
	nodenext: { module: "nodenext" },
	bundler: { module: "preserve", moduleResolution: "bundler" },
} as const;

/**
 * Type-checks a project's TypeScript files as strictly as can be, the library's types included,
 * and compiles them beside where they are.
 */
export function compileProject(project: string, settings: keyof typeof MODULE_SETTINGS): void {
	const compilerOptions = {
		...MODULE_SETTINGS[settings],
		target: "es2022",
		lib: ["es2023"],
		types: ["node"],
		strict: true,
		exactOptionalPropertyTypes: true,
		noUncheckedIndexedAccess: true,
		skipLibCheck: false,
	};
	writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions }));
	const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
	mustRunIn(project, process.execPath, tsc, "--project", ".");
}
