/** docs/git.md tells the truth: its command lines run, and what it names is there. */
import { expect, test } from "bun:test";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/compile.ts";
import { commandDefinitions } from "../../src/cli/definitions.ts";
import { COMMANDS } from "../../src/commands/registry.ts";
import { ENVIRONMENT, Repository } from "../support/git-repository.ts";
import { blocksOf } from "../support/markdown.ts";
import { PPROTECT, pprotect, scratchFolder, withoutKeyNotices } from "../support/pprotect.ts";
import { createTeam } from "../support/team.ts";

const page = (name: string) => readFileSync(join(ROOT, "docs", name), "utf8");
const PAGE = page("git.md");

test("its command lines run, one block after the other, and print what it says", async () => {
	const { cwd, alice, bob } = await createTeam();
	await pprotect(["add-owner", "prod", bob.user], { cwd, env: alice.env });
	const bin = scratchFolder();
	symlinkSync(PPROTECT, join(bin, "pprotect"));
	const repository = await Repository.create(readFileSync(join(cwd, "protected.yaml"), "utf8"));
	const blocks = blocksOf(PAGE);
	const shell = blocks.filter(({ info }) => info === "sh");
	expect(shell.length).toBeGreaterThan(5);
	for (const block of shell) {
		const { exitCode, stdout, stderr } = Bun.spawnSync(["sh", "-eu", "-c", block.code], {
			cwd: repository.cwd,
			env: { ...ENVIRONMENT, ...alice.env, PATH: `${bin}:${ENVIRONMENT.PATH}`, HOME: bin },
		});
		const run = { line: block.line, exitCode, stderr: withoutKeyNotices(stderr.toString()) };
		expect(run).toEqual({ line: block.line, exitCode: 0, stderr: "" });
		const shown = blocks[blocks.indexOf(block) + 1];
		if (shown?.info === "text") expect(stdout.toString()).toBe(shown.code);
	}
}, 30_000);

test.each(["git.md", "reviewing.md"])(
	"the commands and options that %s names are there",
	async (name) => {
		const text = page(name);
		const definitions = new Map(
			(await commandDefinitions(COMMANDS)).map((known) => [known.name, known]),
		);
		const inBlocks = blocksOf(text).flatMap(({ info, code }) =>
			info.startsWith("sh") ? code : [],
		);
		const inText = text.replace(/^```.*?^```$/gms, "").match(/`[^`]+`/g) ?? [];
		const code = [...inBlocks, ...inText].join("\n").replaceAll("`", "");
		const lines = [...code.matchAll(/\bpprotect ([a-z]+(?:-[a-z]+)*)([^|>]*?)$/gm)];
		expect(lines.length).toBeGreaterThan(8);
		for (const [line, command = "", rest = ""] of lines) {
			const definition = definitions.get(command);
			expect(definition?.name, line).toBe(command);
			const known = definition?.options.flatMap(({ names }) => names) ?? [];
			for (const option of rest.match(/--[a-z-]+/g) ?? []) expect(known, line).toContain(option);
		}
	},
);
