/** Texts to start from, and what may happen to them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { toTree } from "../../src/format/tree.ts";
import { KeyFile } from "../../src/model/key-file.ts";
import type { Random } from "./random.ts";
import { restyle } from "./restyle.ts";
import { sampleText } from "./sample.ts";

const VECTORS = join(import.meta.dir, "../vectors");

const vectors = readdirSync(VECTORS)
	.filter((name) => name.endsWith(".yaml"))
	.map((name) => readFileSync(join(VECTORS, name), "utf8"));

const sampleTree = toTree(KeyFile.parse(sampleText).data);

/** A protected file that is right. */
export function startingText(random: Random): string {
	if (random.chance(0.5)) return restyle(sampleTree, random);
	return random.pick([sampleText, ...vectors]);
}

/** Pieces that mean something to YAML, to the format or to a text in general. */
const PIECES = [
	..." :#-?'\"|>[]{}&*!%@`,~=.\n\t\r\\",
	": ",
	" #",
	"- ",
	"? ",
	"  ",
	"\n  ",
	"\r\n",
	"\n\n\n",
	"\n# comment\n",
	"\n   # comment\n",
	"|-\n",
	">2+\n",
	"---\n",
	"\n...\n",
	"--- ",
	"%YAML 1.1\n",
	"&a ",
	"*a",
	"!!str ",
	"<<: ",
	"null",
	"true",
	"1e3",
	"0x1f",
	".inf",
	"2026-11-21",
	'"\\ud800"',
	"'\\x00'",
	"[]",
	"{}",
	"[ ]",
	"secret-x: ",
	"meta:\n",
	"audit-log: []\n",
	"key-custodians: {}\n",
	"<<<<<<< HEAD\n",
	"=======\n",
	">>>>>>> other\n",
	"\0",
	"\x7f",
	"\x1b[2J",
	"\u0085",
	"\u2028",
	"\u202e",
	"\uFEFF",
	"\uFFFE",
	"é",
	"😀",
	"AAAA",
	"=",
];

/** Changes some of `text` at random, in one of the ways in which files go wrong. */
export function mutate(text: string, random: Random): string {
	const place = random.below(text.length + 1);
	const lines = text.split("\n");
	const line = random.below(lines.length);
	switch (random.below(11)) {
		case 0:
		case 1:
		case 2:
			return text.slice(0, place) + random.pick(PIECES) + text.slice(place);
		case 3:
			return text.slice(0, place) + text.slice(place + 1 + random.below(3));
		case 4:
			return text.slice(0, place) + random.pick(PIECES) + text.slice(place + 1);
		case 5:
			return lines.toSpliced(line, 1).join("\n");
		case 6:
			return lines.toSpliced(line, 0, lines[random.below(lines.length)] ?? "").join("\n");
		case 7: {
			const other = random.below(lines.length);
			const swapped = lines.with(line, lines[other] ?? "").with(other, lines[line] ?? "");
			return swapped.join("\n");
		}
		case 8: {
			const indented = " ".repeat(random.below(8)) + (lines[line] ?? "").trimStart();
			return lines.with(line, indented).join("\n");
		}
		case 9:
			return random.chance(0.3)
				? text.slice(0, place)
				: lines.with(line, `${lines[line]}\r`).join("\n");
		default:
			return lines.toSpliced(line, 0, random.pick(PIECES).repeat(1 + random.below(20))).join("\n");
	}
}

/** Bytes that need not be text at all. */
export function flipBytes(bytes: Uint8Array, random: Random): Uint8Array {
	const flipped = bytes.slice();
	for (let flips = random.below(4); flips >= 0; flips--) {
		flipped[random.below(flipped.length)] = random.below(256);
	}
	return flipped;
}

/** Bytes of no origin. */
export function randomBytes(random: Random): Uint8Array {
	const length = random.below(200);
	return Uint8Array.from({ length }, () =>
		random.chance(0.7) ? 32 + random.below(96) : random.below(256),
	);
}
