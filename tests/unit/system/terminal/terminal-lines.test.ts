import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
	type NextByte,
	readLine,
	readTypedLine,
} from "../../../../src/system/terminal/read-line.ts";

/** Gives out `input`, then the end. */
function inputOf(input: string | Uint8Array): NextByte {
	const bytes = Buffer.from(input).values();
	return async () => bytes.next().value;
}

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

/** Text without the characters that are keys or line ends. */
const plainText = fc
	.string({ unit: "grapheme", minLength: 1 })
	.map((drawn) => drawn.replace(/\p{Cc}/gu, "."));

describe("readLine", () => {
	test("gives each line, and nothing after the last", () =>
		fc.assert(
			fc.asyncProperty(fc.array(plainText), async (lines) => {
				const input = inputOf(lines.map((line) => `${line}\n`).join(""));
				for (const line of lines) expect(text(await readLine(input))).toBe(line);
				expect(await readLine(input)).toBeUndefined();
			}),
		));

	test("refuses a line without end before memory runs out", async () => {
		const error = await readLine(async () => 0x78).catch((thrown: unknown) => thrown);
		expect(String(error)).toBe("ProtectError: the answer is longer than 1 MiB");
	});
});

describe("readTypedLine", () => {
	test.each(["\r", "\n"])("takes all that is typed before Enter (%j)", (enter) =>
		fc.assert(
			fc.asyncProperty(plainText, async (typed) => {
				expect(text(await readTypedLine(inputOf(`${typed}${enter}next`)))).toBe(typed);
			}),
		),
	);

	test.each(["\b", "\x7f"])("erases a character for each Backspace (%j)", (backspace) =>
		fc.assert(
			fc.asyncProperty(plainText, plainText, async (kept, gone) => {
				const keys = kept + gone + backspace.repeat([...gone].length);
				expect(text(await readTypedLine(inputOf(`${keys}\r`)))).toBe(kept);
			}),
		),
	);

	test.each([
		["one two\x17", "one "],
		["one two  \x17\x17", ""],
		["one\x15two", "two"],
		["\x7f\x17\x15x", "x"],
		["a\x04b\x04", "ab"],
	])("edits %j to %j", async (keys, line) => {
		expect(text(await readTypedLine(inputOf(`${keys}\r`)))).toBe(line);
	});

	test.each(["", "\x04", "\0", "x\x7f\x04"])("ends at %j", async (keys) => {
		expect(await readTypedLine(inputOf(keys))).toBeUndefined();
	});

	test("is interrupted by Ctrl-C", async () => {
		const error = await readTypedLine(inputOf("half\x03")).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ name: "InterruptedError", exitCode: 130 });
	});

	test("refuses a line without end before memory runs out", async () => {
		const error = await readTypedLine(async () => 0x78).catch((thrown: unknown) => thrown);
		expect(String(error)).toBe("ProtectError: the answer is longer than 1 MiB");
	});
});
