/** `edit` with real editors, configured to keep copies wherever they can. */
import { expect, setDefaultTimeout } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeHostileConfiguration, writtenPaths } from "../support/editors.ts";
import { lackOf, lackOfInjection, testUnless } from "../support/fault.ts";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { runInTerminal, type Step } from "../support/pty.ts";
import { createTeam } from "../support/team.ts";

setDefaultTimeout(60_000);

const LINE = "db-password: changed-by-hand";
const SHOWN = "hunter2";
const FOLDER = /^\/dev\/shm\/pprotect-[0-9a-f]{16}$/;
const SIZE = [100, 30] as const;

interface EditorCase {
	/** What VISUAL says. */
	readonly visual: string;
	/** Yanks or cuts a line with a value, changes one, saves and quits. */
	readonly steps: readonly Step[];
	/** What it may write of its own, which holds no text of ours. */
	readonly owns?: RegExp;
}

const VI_STEPS: readonly Step[] = [
	{ expect: SHOWN, send: ":%s/hunter2/changed-by-hand/ | yank | write\r" },
	{ expect: "written", send: ":q\r" },
];

const EDITORS: readonly EditorCase[] = [
	{ visual: "vim", steps: VI_STEPS },
	{ visual: "vim.tiny", steps: VI_STEPS },
	// Its log, which it removes, and folders.
	{
		visual: "nvim",
		steps: VI_STEPS,
		owns: /\/\.(?:cache|local)\/(?:.*\/)?nvim|\/\.(?:cache|local)(?:\/share|\/state)?$/,
	},
	{
		visual: "nano -l",
		steps: [
			{ expect: SHOWN, send: "\x17hunter2\r" },
			{ expect: "hunter2", send: `\x0b${LINE}\r` },
			{ expect: "changed-by-hand", send: "\x0f" },
			{ expect: "to Write:", send: "\r" },
			{ expect: /Wrote \d+ lines/, send: "\x18" },
		],
	},
	{
		visual: "emacs -nw",
		steps: [
			{ expect: SHOWN, send: "\x13hunter2\r" },
			{ expect: "Mark saved", send: `\x01\x0b${LINE}` },
			{ expect: "changed-by-hand", send: "\x18\x13" },
			{ expect: "Wrote ", send: "\x18\x03" },
		],
		// Lisp that it compiles.
		owns: /\/\.emacs\.d(?:\/eln-cache.*)?$/,
	},
];

/** Alice's team, with values in prod, and a home folder that asks for copies. */
async function prepared() {
	const { cwd, alice } = await createTeam();
	const home = scratchFolder();
	writeHostileConfiguration(home);
	const values = JSON.stringify({ "api-key": "k", "db-password": "hunter2", z: "a\nb\n" });
	await pprotect(["import", "prod", "-"], { cwd, input: values });
	return {
		cwd,
		home,
		env: { ...alice.env, HOME: home, PATH: process.env.PATH ?? "", TERM: "xterm" },
	};
}

for (const { visual, steps, owns } of EDITORS) {
	const [program = ""] = visual.split(" ");
	testUnless(lackOf(program) ?? lackOfInjection())(
		`${visual} writes nothing but the text, in memory`,
		async () => {
			const { cwd, home, env } = await prepared();
			const log = join(home, "strace.log");
			const strace = ["strace", "-f", "-qq", "-o", log, "-e", "trace=%file"];
			const { output, exitCode } = await runInTerminal([...strace, PPROTECT, "edit", "prod"], {
				cwd,
				env: { ...env, VISUAL: visual },
				steps,
				size: SIZE,
				timeoutMilliseconds: 20_000,
			});
			expect(exitCode).toBe(0);
			expect(output).toEndWith("updated db-password\r\nprod: 1 updated\r\n");
			const read = ["decrypt-domain", "prod", "--secret", "db-password"];
			expect((await pprotect(read, { cwd, env })).stdout).toBe("changed-by-hand\n");

			const paths = writtenPaths(readFileSync(log, "utf8"));
			const folder = paths.find((path) => FOLDER.test(path));
			expect(folder).toBeString();
			expect(existsSync(folder ?? "")).toBe(false);
			const elsewhere = paths.filter((path) => {
				const isOurs = path === folder || path.startsWith(`${folder}/`);
				const isDevice = /^\/(?:dev\/(?:null|tty|pts\/|ptmx)|proc\/)/.test(path);
				const isProtectedFile = /\/(?:\.?protected\.yaml)[^/]*$/.test(path);
				return !isOurs && !isDevice && !isProtectedFile && !owns?.test(path);
			});
			expect(elsewhere).toEqual([]);
		},
	);

	testUnless(lackOf(program))(`${visual} leaves nothing when its terminal is closed`, async () => {
		const { cwd, home, env } = await prepared();
		const before = filesIn(home);
		let shown = "";
		const isTyped = Promise.withResolvers<void>();
		const child = Bun.spawn([PPROTECT, "edit", "prod"], {
			cwd,
			env: { ...env, VISUAL: visual },
			terminal: {
				cols: SIZE[0],
				rows: SIZE[1],
				data(terminal, bytes) {
					shown += Buffer.from(bytes).toString("latin1");
					if (shown.includes("typed-by-hand")) isTyped.resolve();
					else if (shown.includes(SHOWN)) {
						shown = "";
						terminal.write(visual.includes("vi") ? "ityped-by-hand" : "typed-by-hand");
					}
				},
			},
		});
		await isTyped.promise;
		const folders = privateFolders();
		child.terminal?.close();
		expect(await child.exited).toBe(129);
		const left = new Set(privateFolders());
		expect(folders.filter((folder) => !left.has(folder))).not.toEqual([]);
		const files = filesIn(home).filter((path) => !before.includes(path) && !owns?.test(path));
		expect(files).toEqual([]);
		expect((await pprotect(["list-audit-log"], { cwd })).stdout).not.toContain("updated secret");
	});
}

function privateFolders(): string[] {
	return readdirSync("/dev/shm").filter((name) => FOLDER.test(`/dev/shm/${name}`));
}

/** All files below a folder. */
function filesIn(folder: string): string[] {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
}
