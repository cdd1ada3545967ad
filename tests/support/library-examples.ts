/** The library's examples in the documents, as programs that say what they print. */
import { expect } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ROOT } from "../../scripts/compile.ts";
import type { Ran } from "./library.ts";
import { blocksOf } from "./markdown.ts";
import { pprotect } from "./pprotect.ts";
import { createTeam, type Team } from "./team.ts";

export interface Example {
	/** Without an ending. */
	readonly name: string;
	readonly code: string;
	/** What its `// prints: …` comments say. */
	readonly prints: string;
}

/** In their order, in which they have to be run. */
export const EXAMPLES: readonly Example[] = ["README.md", "docs/library.md"].flatMap(examplesOf);

function examplesOf(document: string): Example[] {
	const blocks = blocksOf(readFileSync(join(ROOT, document), "utf8"));
	return blocks.flatMap(({ info, line, code }) => {
		if (info !== "ts") return [];
		const prints = [...code.matchAll(/\/\/ prints: (.*)$/gm)].map(([, words]) => `${words}\n`);
		const name = `${basename(document, ".md")}-line-${line}`;
		return [{ name, code, prints: prints.join("") }];
	});
}

export function writeExamples(folder: string): void {
	for (const { name, code } of EXAMPLES) writeFileSync(join(folder, `${name}.ts`), code);
}

/** The team whose file the documents speak of. */
export async function createExampleTeam(): Promise<Team> {
	const team = await createTeam();
	await pprotect(["add-secret", "prod", "db-password"], {
		cwd: team.cwd,
		input: "hunter2\n",
		notices: /Secret value/,
	});
	return team;
}

/** Runs every example on one team's file. @param run runs the example of a name. */
export function expectExamples(run: (name: string) => Ran): void {
	expect(EXAMPLES.length).toBeGreaterThan(3);
	for (const { name, prints } of EXAMPLES) {
		const { stdout, stderr } = run(name);
		expect({ name, stdout, stderr }).toEqual({ name, stdout: prints, stderr: "" });
	}
}
