/** The man page and docs/commands.md, which are made from the definitions of the commands. */
import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandsPage } from "../../scripts/commands-page.ts";
import { ROOT } from "../../scripts/compile.ts";
import { manPage } from "../../scripts/man.ts";
import { commandDefinitions } from "../../src/cli/definitions.ts";
import { COMMANDS } from "../../src/commands/registry.ts";
import { scratchFolder } from "../support/pprotect.ts";

test("docs/commands.md is what `bun run docs` writes", async () => {
	expect(readFileSync(join(ROOT, "docs", "commands.md"), "utf8")).toBe(await commandsPage());
});

/** How a terminal page makes letters bold: the letter, a backspace, the letter again. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are made with
const OVERSTRUCK = /.\u0008/g;

const mandoc = Bun.which("mandoc");
const man = Bun.which("man");

describe.skipIf(!mandoc)(`mandoc${mandoc ? "" : " (which is not installed)"}`, () => {
	test("finds nothing to complain of", async () => {
		const lint = Bun.spawnSync(["mandoc", "-Tlint", await manPageFile()]);
		expect(lint.stdout.toString() + lint.stderr.toString()).toBe("");
	});

	test("shows every command, every option and every standard section", async () => {
		const page = Bun.spawnSync(["mandoc", "-Tascii", "-Owidth=300", await manPageFile()]);
		const text = page.stdout.toString().replace(OVERSTRUCK, "");
		for (const { name, options } of await commandDefinitions(COMMANDS)) {
			expect(text).toMatch(new RegExp(`^ +${name}( |$)`, "m"));
			for (const long of options.flatMap(({ names }) => names)) expect(text).toContain(long);
		}
		const headings = text.split("\n").filter((line) => /^[A-Z][A-Z ]+$/.test(line));
		expect(headings).toEqual([
			"NAME",
			"SYNOPSIS",
			"DESCRIPTION",
			"ENVIRONMENT",
			"FILES",
			"EXIT STATUS",
			"EXAMPLES",
		]);
	});
});

describe.skipIf(!man)(`man${man ? "" : " (which is not installed)"}`, () => {
	test("shows the page without a warning", async () => {
		const shown = Bun.spawnSync(["man", "--warnings", "-l", await manPageFile()], {
			env: { PATH: process.env.PATH, MANWIDTH: "80", LC_ALL: "C" },
		});
		expect(shown.stderr.toString()).toBe("");
		expect(shown.stdout.toString()).toMatch(/NAME\n +pprotect -+ deploy-time secrets/);
	});
});

async function manPageFile(): Promise<string> {
	const path = join(scratchFolder(), "pprotect.1");
	writeFileSync(path, await manPage());
	return path;
}
