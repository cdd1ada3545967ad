import { ptr } from "bun:ffi";
import { expect, test } from "bun:test";
import fc from "fast-check";
import {
	changeEnvironment,
	stringsAt,
	variable,
	variableName,
} from "../../../../src/system/exec/environment.ts";
import { stringTable } from "../../../../src/system/exec/posix.ts";

/** A text of bytes without NUL, as the kernel takes them. */
const byteStrings = fc
	.array(fc.integer({ min: 1, max: 255 }), { maxLength: 12 })
	.map((bytes) => String.fromCharCode(...bytes));
/** Few names, so that they meet. */
const names = fc.constantFrom("A", "B", "é", "");
const entries = fc.oneof(
	byteStrings,
	fc.tuple(names, byteStrings).map(([name, value]) => `${utf8(name)}=${value}`),
);

function utf8(text: string): string {
	return Buffer.from(text).toString("latin1");
}

test("a table of strings reads as it was made", () => {
	const lists = fc.array(byteStrings, { maxLength: 8 });
	const property = fc.property(lists, (strings) => {
		const table = stringTable(strings);
		expect(stringsAt(ptr(table))).toEqual(strings);
	});
	fc.assert(property);
});

test("without changes an environment stays as it was", () => {
	const property = fc.property(fc.array(entries), (inherited) => {
		expect(changeEnvironment(inherited, { set: new Map(), unset: [] })).toEqual(inherited);
	});
	fc.assert(property);
});

test("what is set is found once, what is unset not at all, and the rest is as it was", () => {
	const sets = fc.array(fc.tuple(fc.constantFrom("A", "é"), fc.string({ unit: "grapheme" })));
	const property = fc.property(fc.array(entries), sets, (inherited, set) => {
		const changes = { set: new Map(set), unset: ["B"] };
		const changed = changeEnvironment(inherited, changes);
		for (const [name, value] of changes.set) {
			expect(variable(changed, utf8(name))).toBe(utf8(value));
			expect(changed.filter((entry) => variableName(entry) === utf8(name))).toHaveLength(1);
		}
		expect(variable(changed, "B")).toBeUndefined();
		const isTouched = (entry: string) => {
			const name = variableName(entry);
			return name === "B" || [...changes.set.keys()].some((key) => utf8(key) === name);
		};
		const untouched = inherited.filter((entry) => !isTouched(entry));
		expect(changed.slice(0, untouched.length)).toEqual(untouched);
	});
	fc.assert(property);
});
