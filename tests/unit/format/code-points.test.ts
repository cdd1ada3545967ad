import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compareCodePoints } from "../../../src/format/code-points.ts";

/** By the numbers themselves. */
function compareNumbers(a: string, b: string): number {
	const left = Array.from(a, (character) => character.codePointAt(0) ?? 0);
	const right = Array.from(b, (character) => character.codePointAt(0) ?? 0);
	for (const [index, number] of left.entries()) {
		const other = right[index];
		if (other === undefined) return 1;
		if (number !== other) return number - other;
	}
	return left.length - right.length;
}

describe("compareCodePoints", () => {
	test("puts characters past U+FFFF behind all others", () => {
		const characters = ["😀", "\uFFFF", "\uFF5E", "\uE000", "\uD7FF", "é", "z", "_", "Z", "9"];
		expect(characters.toSorted(compareCodePoints)).toEqual(characters.toReversed());
	});

	test("puts the shorter first", () => {
		expect(["ab", "a", "", "b"].toSorted(compareCodePoints)).toEqual(["", "a", "ab", "b"]);
	});

	test("orders any text by the numbers of its characters", () => {
		const text = fc.string({ unit: "binary", maxLength: 4 });
		fc.assert(
			fc.property(text, text, (a, b) => {
				expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(compareNumbers(a, b)));
			}),
		);
	});
});
