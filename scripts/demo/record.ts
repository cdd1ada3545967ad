/** Plays the first minutes of a protected file in a real terminal, and keeps what it showed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** A command line that somebody types, and what the terminal showed then. */
export interface Scene {
	readonly command: string;
	/** The lines, without the line ends; what was typed in answer is in them where it was echoed. */
	readonly shown: readonly string[];
}

/** Wide enough that pprotect breaks none of the lines. */
export const COLUMNS = 80;

const ALICE = "alice@example.com";
const PASSPHRASE = "correct horse battery staple";
const SIGN_IN = [ALICE, PASSPHRASE];

const SCRIPT: readonly (readonly [command: string, ...answers: readonly string[]])[] = [
	["pprotect init --domain dev", ALICE, PASSPHRASE, PASSPHRASE],
	["git add protected.yaml && git commit --quiet --message 'Keep secrets'"],
	["pprotect add-secret dev DATABASE_URL", "postgres://app:hunter2@db/app"],
	["pprotect diff"],
	["pprotect exec dev -- printenv DATABASE_URL", ...SIGN_IN],
];

/** Every question of pprotect ends so. */
const QUESTION = /(?:email|passphrase|value)(?: \[.*\])?: $/i;

/** Runs the script with the program `binary`, in a folder that is gone afterwards. */
export async function record(binary: string): Promise<Scene[]> {
	const folder = mkdtempSync(join(tmpdir(), "pprotect-demo-"));
	try {
		Bun.spawnSync(["git", "init", "--quiet", folder]);
		const scenes: Scene[] = [];
		for (const [command, ...answers] of SCRIPT) {
			scenes.push({ command, shown: await play(command, answers, binary, folder) });
		}
		return scenes;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function play(
	command: string,
	answers: readonly string[],
	binary: string,
	folder: string,
): Promise<string[]> {
	const open = [...answers];
	const decoder = new TextDecoder();
	const closed = Promise.withResolvers<void>();
	let output = "";
	let answered = 0;
	const shell = Bun.spawn(["sh", "-c", command], {
		cwd: folder,
		env: {
			PATH: [dirname(binary), process.env.PATH].join(delimiter),
			HOME: folder,
			TERM: "dumb",
			GIT_CONFIG_GLOBAL: "/dev/null",
			GIT_AUTHOR_NAME: "Alice",
			GIT_AUTHOR_EMAIL: ALICE,
			GIT_COMMITTER_NAME: "Alice",
			GIT_COMMITTER_EMAIL: ALICE,
		},
		terminal: {
			cols: COLUMNS,
			rows: 40,
			data(terminal, bytes) {
				output += decoder.decode(bytes, { stream: true });
				if (!QUESTION.test(output.slice(answered))) return;
				answered = output.length;
				const answer = open.shift();
				if (answer !== undefined) terminal.write(`${answer}\r`);
			},
			exit: () => closed.resolve(),
		},
	});
	const [exitCode] = await Promise.all([shell.exited, closed.promise]);
	shell.terminal?.close();
	if (exitCode !== 0 || open.length > 0) throw new Error(`${command}: ${exitCode}\n${output}`);
	return output.split("\r\n").slice(0, -1);
}
