/** The few patterns that make a native reader read twice, in help and in the documents. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commandDefinitions } from "../../src/cli/definitions.ts";
import { TOPICS } from "../../src/cli/topics.ts";
import { COMMANDS } from "../../src/commands/registry.ts";

const ROOT = join(import.meta.dir, "../..");
const PAGES = [
	...["README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"],
	...readdirSync(join(ROOT, "docs"))
		.filter((name) => name.endsWith(".md"))
		.map((name) => `docs/${name}`),
];

/** A sentence, or a heading or cell, that begins with a relative clause and asks nothing. */
const HEADLESS =
	/(?:^|[.:;!?] |\| |- |\*\*)(?:What|Whatever|All that|Those who|Who|Whoever) [^.?!|]*(?:[.!|:]|$)/gm;

const FORBIDDEN: readonly RegExp[] = [
	HEADLESS,
	/\b(?:is|are|was) to be \w+/g,
	/\b(?:is|are) none\b/g,
	/\bits like\b/g,
	/\bof (?:its|their) own\b/g,
	/\bmend(?:s|ed|ing)?\b/g,
	/\bwho acts\b/g,
	/\bin no [a-z]/g,
	/\bany more[.,:;]/g,
	/\b(?:linux|macos|windows)\b/g,
];

test.each(PAGES)("%s is in plain English", (page) => {
	expect(found(prose(readFileSync(join(ROOT, page), "utf8")))).toEqual([]);
});

test("help is in plain English", async () => {
	const definitions = await commandDefinitions(COMMANDS);
	const texts = [
		...definitions.flatMap(({ description, details, examples, options }) => [
			`${description.slice(0, 1).toUpperCase()}${description.slice(1)}.`,
			details,
			...examples.map(([words]) => `${words}:`),
			...options.map((option) => option.description),
		]),
		...TOPICS.flatMap(({ entries }) => entries.map(([, meaning]) => meaning)),
	];
	expect(found(texts.map((text) => text.replace(/`[^`]*`/g, "X")).join("\n"))).toEqual([]);
});

/** The words of a page: without code, comments, quotations and the targets of its links. */
function prose(markdown: string): string {
	return markdown
		.replace(/^[\t ]*```[\s\S]*?^[\t ]*```$|<!--[\s\S]*?-->|^ {4}.*$/gm, "")
		.replace(/`[^`\n]*`/g, "X")
		.replace(/"[^"\n]*"/g, "Q")
		.replace(/\[[\w-]+\.md\]\([^)]*\)|\]\([^)]*\)/g, "]");
}

function found(text: string): string[] {
	return FORBIDDEN.flatMap((pattern) => [...text.matchAll(pattern)].map(([match]) => match));
}
