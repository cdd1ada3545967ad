import { describe, expect, test } from "bun:test";
import dotenvExpand from "dotenv-expand";
import fc from "fast-check";
import { parseDotenv } from "../../../src/values/dotenv.ts";
import { expand } from "../../../src/values/expand.ts";

const read = (text: string) => expand(parseDotenv(text));
const BRACE = "{";

describe("references", () => {
	test.each([
		["$A", "one"],
		[`$${BRACE}A}x`, "onex"],
		[`$${BRACE}NO:-d}`, "d"],
		[`$${BRACE}E:-d}`, "d"],
		[`$${BRACE}A:-d}`, "one"],
		[`$${BRACE}NO:-$${BRACE}A}y}z`, "oneyz"],
		[`$${BRACE}A:+yes}$${BRACE}NO:+no}`, "yes"],
		[`$${BRACE}A:-$NO}`, "one"],
		["\\$A", "$A"],
		["a$ b$1", "a$ b$1"],
		["{A}", "{A}"],
	])("%s is %s", (reference, value) => {
		const { entries, problems } = read(`A=one\nE=\nB="${reference}"\n`);
		expect(problems).toEqual([]);
		expect(entries.at(-1)?.value).toBe(value);
	});

	test("are not looked for in what they stand for", () => {
		const { entries } = read("P='a\\$b'\nU=x$P\n");
		expect(entries.map(({ value }) => value)).toEqual(["a$b", "xa$b"]);
	});

	test.each([
		["$NO", "refers to NO"],
		["$B", "refers to B"],
		["$(id)", "has a command"],
		[`$${BRACE}NO:-$(id)}`, "has a command"],
		[`$${BRACE}A`, "has a reference that cannot be read"],
		[`$${BRACE}A:-x`, "is never closed".slice(3)],
	])("%s is a problem of its entry", (reference, words) => {
		const { problems } = read(`A=one\nB="${reference}"\nC=1\n`);
		expect(problems).toMatchObject([{ line: 2, name: "B" }]);
		expect(problems[0]?.words).toContain(words);
	});
});

test("are expanded as dotenv-expand does, where that loses nothing", () => {
	const piece = fc.constantFrom(
		...["a", "$A", `$${BRACE}A}`, `$${BRACE}A:-b}`, `$${BRACE}NO:-c}`, `$${BRACE}NO-c}`, " "],
		...[`$${BRACE}A:+d}`, `$${BRACE}NO+d}`, "$1", "-", ":", `$${BRACE}E:-$${BRACE}A}}`],
	);
	fc.assert(
		fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
			const value = pieces.join("");
			const parsed = {
				entries: Object.entries({ A: "one", E: "", B: value }).map(([name, text], index) => {
					return { name, value: text, line: index + 1 };
				}),
				problems: [],
				notes: [],
			};
			const { entries, problems } = expand(parsed);
			if (problems.length > 0) return;
			const other = dotenvExpand.expand({
				parsed: { A: "one", E: "", B: value },
				processEnv: {},
			});
			expect(entries.at(-1)?.value).toBe(other.parsed?.B ?? "");
		}),
		{ numRuns: 1000 },
	);
});
