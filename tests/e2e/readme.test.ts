/** The documents tell the truth: their commands run, their links lead somewhere. */
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { ROOT } from "../../scripts/compile.ts";
import { COMMANDS } from "../../src/commands/registry.ts";
import { anchorsOf, type Block, blocksOf, localLinks } from "../support/markdown.ts";
import { PPROTECT, scratchFolder } from "../support/pprotect.ts";
import { runInTerminal, type TerminalResult } from "../support/pty.ts";

const README = readText("README.md");
const DOCUMENTS = [
	...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
	...readdirSync(join(ROOT, "docs")).map((name) => join("docs", name)),
];

function readText(path: string): string {
	return readFileSync(join(ROOT, path), "utf8");
}

/** PATH, with the binary under test as `pprotect`. */
const PATH = [folderWithPprotect(), process.env.PATH].join(delimiter);

function folderWithPprotect(): string {
	const folder = scratchFolder();
	symlinkSync(PPROTECT, join(folder, "pprotect"));
	return folder;
}

/** The questions that the documents' commands ask. */
const QUESTION = /(?:email|name|owner|passphrase|value): $/i;

/** Runs a block in a terminal of its own, and types its answers as the questions come. */
function runBlock({ code, answers }: Block, cwd: string): Promise<TerminalResult> {
	return runInTerminal(["sh", "-e", "-c", code], {
		cwd,
		env: { PATH, HOME: cwd, TERM: "dumb" },
		size: [200, 50],
		steps: answers.map((answer) => ({ expect: QUESTION, send: `${answer}\r` })),
		timeoutMilliseconds: 60_000,
	});
}

test.skipIf(process.platform === "win32")(
	"the README's command lines run, one block after the other, and print what it says",
	async () => {
		const cwd = scratchFolder();
		const blocks = blocksOf(README);
		const shell = blocks.filter(({ info }) => info === "sh");
		expect(shell.length).toBeGreaterThan(3);
		for (const block of shell) {
			const { output, exitCode } = await runBlock(block, cwd);
			const text = output.replaceAll("\r\n", "\n");
			expect({ line: block.line, exitCode, text }).toMatchObject({ exitCode: 0 });
			const shown = blocks[blocks.indexOf(block) + 1];
			if (shown && /^(json|text)$/.test(shown.info)) expect(text).toContain(shown.code);
		}
	},
	120_000,
);

test.skipIf(process.platform === "win32")(
	"the guide's command lines run, from init to offboarding",
	() => {
		const cwd = scratchFolder();
		const blocks = blocksOf(readText("docs/guide.md")).filter(({ info }) => info === "sh");
		const script = blocks.map(({ code }) => code).join("\n");
		expect(blocks.length).toBeGreaterThan(10);
		const { stdout, stderr, exitCode } = Bun.spawnSync(["sh", "-eu", "-c", script], {
			cwd,
			env: { PATH, HOME: cwd },
		});
		expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: "" });
		expect(stdout.toString()).toContain("created key custodian alice@example.com");
	},
	60_000,
);

test("the README names every command", () => {
	const named = [...README.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
	expect(COMMANDS.map(({ name }) => name).filter((name) => !named.includes(name))).toEqual([]);
});

test("the README's two commands are scripts of the project", () => {
	const { scripts } = JSON.parse(readText("package.json"));
	const asked = [...README.matchAll(/bun@[\d.]+ run (\S+)/g)].map(([, name]) => name);
	expect(asked).toEqual(["quickstart", "verify", "build"]);
	expect(Object.keys(scripts)).toEqual(expect.arrayContaining(asked));
});

test.each(DOCUMENTS)("the links of %s lead somewhere", (document) => {
	const broken = localLinks(readText(document)).filter((link) => !leadsSomewhere(document, link));
	expect(broken).toEqual([]);
});

function leadsSomewhere(document: string, link: string): boolean {
	const [path = "", anchor] = link.split("#");
	const target = path === "" ? document : join(dirname(document), path);
	if (!existsSync(join(ROOT, target))) return false;
	return anchor === undefined || anchorsOf(readText(target)).includes(anchor);
}
