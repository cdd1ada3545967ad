import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { shellWords } from "../../../../src/system/editor/shell-words.ts";

/** What sh makes of the line. */
function wordsOfShell(line: string): string[] | undefined {
	const script = `printf '%s\\0' ${line}`;
	const { exitCode, stdout } = Bun.spawnSync(["/bin/sh", "-c", script], { stderr: "ignore" });
	return exitCode === 0 ? stdout.toString().split("\0").slice(0, -1) : undefined;
}

describe.skipIf(process.platform === "win32")("splits as sh does", () => {
	test.each([
		["vim"],
		["  code --wait\t-n "],
		["'/a b/ed' -x"],
		['"/a b/ed" "-x y"'],
		["/a\\ b/ed"],
		["a'b c'\"d e\"f"],
		["ed ''"],
		['ed "\\"q\\" \\\\ \\x"'],
		["ed --option=value a#b a~b"],
	])("%s", (line) => {
		expect(shellWords(line)).toEqual(wordsOfShell(line) ?? []);
	});

	test("whatever it takes", () => {
		const piece = fc.constantFrom("a", "-b", " ", "'", '"', "\\", "=", "\t", "é", "#", "~");
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
				const line = pieces.join("");
				const words = shellWords(line);
				if (words !== undefined) expect(words).toEqual(wordsOfShell(line) ?? []);
			}),
			{ numRuns: 300 },
		);
	});
});

test.each([
	"$HOME/ed",
	"ed `x`",
	"ed; x",
	"ed | x",
	"ed && x",
	"(ed)",
	"ed > x",
	"ed *",
	"~/ed",
	"ed #x",
	"A=b ed",
	"ed 'open",
	'ed "open',
	"ed \\",
	"",
	"  ",
])("leaves %j to a shell", (line) => {
	expect(shellWords(line)).toBeUndefined();
});
