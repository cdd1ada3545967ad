import { expect, test } from "bun:test";
import { collect, formatFinding } from "../../../src/values/collect.ts";
import { parseValues } from "../../../src/values/formats.ts";

const file = (path: string, text: string) => ({ path, ...parseValues(text, "env") });

test("puts files together, in their order", () => {
	const { values, problems } = collect([file("a", "X=1\nB=2"), file("b", "A=3\nX=1")]);
	expect([...values]).toEqual([
		["X", "1"],
		["B", "2"],
		["A", "3"],
	]);
	expect(problems).toEqual([]);
});

test("tells all that is wrong, by file and line", () => {
	const json = { path: "c", ...parseValues('{"A": "2",\n"A": "3", "B": "\\ud800"}', "json") };
	const { problems } = collect([file("a", "1X=1\nA=1\nnothing\n_Y=2"), file("b", "A=2"), json]);
	expect(problems.map(formatFinding)).toEqual([
		'a:1: "1X" is not a valid secret name',
		"a:3: is not NAME=value",
		'a:4: "_Y" is not a valid secret name',
		"b:1: A has another value in a:2",
		"c:1: A has another value in a:2",
		"c:2: A has another value in a:2",
		"c:2: B holds half a character (a lone surrogate)",
	]);
});

test("a name given twice in one file is a problem, but for .env, where the last one counts", () => {
	const { values, problems } = collect([file("a", "A=1\nA=2")]);
	expect(values.get("A")).toBe("2");
	expect(problems).toEqual([]);
	const yaml = { path: "b", ...parseValues("A: x\nA: x\n", "yaml") };
	expect(collect([yaml]).problems.map(formatFinding)).toEqual(["b:2: A is on line 1 already"]);
});
