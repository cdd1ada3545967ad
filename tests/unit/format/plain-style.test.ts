import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parseYaml } from "../../../src/format/document.ts";
import type { Node } from "../../../src/format/node.ts";
import { parsePlainStyle } from "../../../src/format/plain-style.ts";

const VECTORS = join(import.meta.dir, "../../vectors");
const texts = [VECTORS, join(VECTORS, "ruamel-0.19")].flatMap((folder) =>
	readdirSync(folder)
		.filter((name) => name.endsWith(".yaml"))
		.map((name) => readFileSync(join(folder, name), "utf8")),
);

const refuse = (problem: string): never => {
	throw new Error(problem);
};

/** Small files, so that mutations hit what matters. */
const SMALL = [
	`dev:
  secret-a: AIxV6DZ5Ya4j
  meta:
    public-key: AK8BFLDl
    owners:
      a@x.com: ANf3Bj1P
key-custodians:
  a@x.com:
    pwdkm: AQEAAAAA
audit-log:
- 2026-11-21T17:52:23Z -- created
- 2026-11-21T17:52:23Z -- rekeyed custodian for someone@example.com
  (updated domains -> dev, prod)
`,
	`dev:
  secret-a: 
    AIxV6DZ5Ya4j
  meta:
    public-key: AK8BFLDl
    owners:
      a@x.com: 
        ANf3Bj1P
key-custodians:
  a@x.com:
    pwdkm: AQEAAAAA
audit-log:
- 2026-11-21T17:52:23Z -- created
- 2026-11-21T17:52:23Z -- rekeyed custodian for someone@example.com (updated domains 
  -> dev, prod)
`,
] as const;

const PIECES = [
	..." :#-?'\"|>[]{}&*!%@`,~=\n\t\r",
	": ",
	" #",
	"- ",
	"  ",
	"\n  ",
	" \n",
	" \n    ",
	"null",
	"true",
	"1e3",
	"0x1",
	"---\n",
	"<<",
	"\u0085",
	"\u2028",
	"é",
];

describe("the fast reader", () => {
	test("reads what pprotect and the Python tool write", () => {
		const read = texts.filter((text) => parsePlainStyle(text));
		expect(read.length).toBe(texts.length - 2); // each odd-names.yaml has names in quotes
		for (const text of SMALL) expect(parsePlainStyle(text)).toBeDefined();
	});

	test("reads them where an editor removed the spaces at the ends of lines", () => {
		for (const text of [...texts, ...SMALL]) {
			const trimmed = text.replace(/ +$/gm, "");
			expect(parsePlainStyle(trimmed) === undefined).toBe(parsePlainStyle(text) === undefined);
		}
	});

	test("finds the tree that the YAML parser finds, at the same places", () => {
		for (const text of [...texts, ...SMALL].flatMap((text) => [text, text.replace(/ +$/gm, "")])) {
			const tree = parsePlainStyle(text);
			if (tree) expect<Node>(tree).toEqual(parseYaml(text, refuse));
		}
	});

	test("gives up where the YAML parser would read otherwise, whatever is put in", () => {
		const edit = fc.record({
			at: fc.nat(SMALL[1].length),
			removed: fc.nat(3),
			piece: fc.constantFrom("", ...PIECES),
		});
		const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
		fc.assert(
			fc.property(fc.constantFrom(...SMALL), edits, (small, edits) => {
				const text = edits.reduce<string>(
					(all, { at, removed, piece }) => all.slice(0, at) + piece + all.slice(at + removed),
					small,
				);
				const tree = parsePlainStyle(text);
				if (tree) expect<Node>(tree).toEqual(parseYaml(text, refuse));
			}),
			{ numRuns: 30_000 },
		);
	});
});
