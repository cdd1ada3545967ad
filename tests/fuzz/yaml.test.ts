/** Our reading of YAML against the parser's own, without our refusals and short cuts. */
import { expect, test } from "bun:test";
import { parseDocument as parseWithYaml } from "yaml";
import { FormatError } from "../../src/errors.ts";
import { parseDocument } from "../../src/format/document.ts";
import type { Node } from "../../src/format/node.ts";
import { fuzz, timeLimit } from "./budget.ts";
import { mutate, startingText } from "./corpus.ts";
import { Random } from "./random.ts";

const SHARE = 0.2;

/** What is no protected file, although it may be YAML. */
const OUR_OWN =
	/Git conflict marker|control character|indented with a tab|alias|anchor|tag|directive|braces or brackets|nested deeper|more than one YAML document|twice|does not read as text|half a character|comment between a name|comment right behind|not closed|byte-order mark|outside quotes, where other readers break the line/;

function contentOf(node: Node): unknown {
	switch (node.kind) {
		case "scalar":
			return node.text;
		case "seq":
			return node.items.map(({ value }) => value.text);
		case "map":
			return new Map(node.entries.map(({ key, value }) => [key, contentOf(value)]));
	}
}

/** What yaml reads, with undefined for all that is no text; undefined where it finds an error. */
function readWithYaml(text: string): { value: unknown } | undefined {
	const document = parseWithYaml(text, { uniqueKeys: false, schema: "core" });
	if (document.errors.length > 0 || document.warnings.length > 0) return undefined;
	try {
		return { value: textsOf(document.toJS({ mapAsMap: true })) };
	} catch {
		return undefined; // An alias of nothing.
	}
}

function textsOf(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(textsOf);
	if (value instanceof Map)
		return new Map(Array.from(value, ([key, item]) => [key, textsOf(item)]));
	return typeof value === "string" ? value : undefined;
}

function readOurselves(text: string): { value: unknown } | { refused: string } {
	try {
		return { value: contentOf(parseDocument(new TextEncoder().encode(text), "p").root) };
	} catch (error) {
		if (!(error instanceof FormatError)) throw error;
		return { refused: error.problem };
	}
}

test(
	"we read what the parser reads, and refuse what it refuses",
	() =>
		fuzz(SHARE, (seed) => {
			const random = new Random(seed);
			let text = startingText(random).replace(/^\uFEFF/, "");
			for (let count = random.below(5); count > 0; count--) text = mutate(text, random);
			text = text.toWellFormed();
			const ours = readOurselves(text);
			const theirs = readWithYaml(text);
			if ("value" in ours) expect(theirs).toEqual(ours);
			else if (theirs) expect(ours.refused).toMatch(OUR_OWN);
		}),
	timeLimit(SHARE),
);
