/** The documents tell the truth: their commands run, their links lead somewhere. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../../scripts/compile.ts";
import { COMMANDS } from "../../src/commands/registry.ts";
import { anchorsOf, blocksOf, localLinks } from "../support/markdown.ts";
import { runBlock } from "../support/page-blocks.ts";
import { scratchFolder } from "../support/pprotect.ts";

const README = readText("README.md");
const DOCUMENTS = [
	...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
	...readdirSync(join(ROOT, "docs"))
		.filter((name) => name.endsWith(".md"))
		.map((name) => join("docs", name)),
];

function readText(path: string): string {
	return readFileSync(join(ROOT, path), "utf8");
}

describe.skipIf(process.platform === "win32")("the commands of", () => {
	test.each(["README.md", "docs/start.md"])(
		"%s run, one block after the other, and print what it says",
		async (page) => {
			const cwd = scratchFolder();
			Bun.spawnSync(["git", "init", "--quiet"], { cwd });
			const blocks = blocksOf(readText(page));
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
		240_000,
	);
});

test.skipIf(process.platform === "win32")(
	"the guide's command lines run, from init to offboarding",
	async () => {
		const cwd = scratchFolder();
		Bun.spawnSync(["git", "init", "--quiet"], { cwd });
		const blocks = blocksOf(readText("docs/guide.md")).filter(({ info }) => info === "sh");
		expect(blocks.length).toBeGreaterThan(10);
		// One shell for all: what a block exports, the next ones have.
		const code = blocks.map((block) => block.code).join("\n");
		const answers = blocks.flatMap((block) => block.answers);
		const { output, exitCode } = await runBlock({ code, answers }, cwd);
		expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
		for (const value of ["hunter2", "hunter2-dev", "bob@example.com was removed"]) {
			expect(output).toContain(value);
		}
	},
	240_000,
);

test("the README links a page that names every command", () => {
	expect(localLinks(README)).toContain("docs/commands.md");
	const page = readText("docs/commands.md");
	const named = [...page.matchAll(/^#+ .*$/gm)].join("\n");
	expect(COMMANDS.map(({ name }) => name).filter((name) => !named.includes(name))).toEqual([]);
});

test("the README names only commands that exist, and fits on a few screens", () => {
	const names = new Set(COMMANDS.map(({ name }) => name));
	const code = blocksOf(README).map((block) => block.code);
	const spans = [...README.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
	const calls = [...code, ...spans].flatMap((text) => [...text.matchAll(/^pprotect ([a-z-]+)/gm)]);
	expect(calls.length).toBeGreaterThan(10);
	expect(calls.map(([, name = ""]) => name).filter((name) => !names.has(name))).toEqual([]);
	expect(README.split("\n").length).toBeLessThan(200);
});

test("the README's two commands are scripts of the project", () => {
	const { scripts } = JSON.parse(readText("package.json"));
	const asked = [...README.matchAll(/bun@[\d.]+ run (\S+)/g)].map(([, name]) => name);
	expect(asked).toEqual(["quickstart", "verify"]);
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
