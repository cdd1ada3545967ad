/** Whatever a file holds: it is read or refused, and what is read can be written. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fuzz, timeLimit } from "./budget.ts";
import { flipBytes, mutate, randomBytes, startingText } from "./corpus.ts";
import { expectFewestChanges, parseOrRefuse, tryOperation } from "./properties.ts";
import { Random } from "./random.ts";

const SEEDS = join(import.meta.dir, "seeds");
const SHARE = 0.4;

/** Reads, writes unchanged, and writes changed. */
function exercise(bytes: Uint8Array, random: Random): void {
	const file = parseOrRefuse(bytes);
	if (file === undefined) return;
	expect(Buffer.compare(file.encode(), bytes)).toBe(0);
	const changed = tryOperation(file, random);
	if (changed !== undefined) expectFewestChanges(bytes, changed);
}

function mutatedBytes(random: Random): Uint8Array {
	if (random.chance(0.05)) return randomBytes(random);
	let text = startingText(random);
	for (let count = random.below(4); count > 0; count--) text = mutate(text, random);
	const bytes = new TextEncoder().encode(text);
	return bytes.length > 0 && random.chance(0.05) ? flipBytes(bytes, random) : bytes;
}

describe("any bytes", () => {
	test(
		"are read or refused with a line, are written back as they were, and changed where asked",
		() =>
			fuzz(SHARE, (seed) => {
				const random = new Random(seed);
				exercise(mutatedBytes(random), random);
			}),
		timeLimit(SHARE),
	);
});

describe("a file that was a problem once", () => {
	for (const name of readdirSync(SEEDS).filter((name) => !name.endsWith(".md"))) {
		test(`is none any more: ${name}`, () => {
			const bytes = new Uint8Array(readFileSync(join(SEEDS, name)));
			for (let seed = 0; seed < 40; seed++) exercise(bytes, new Random(seed));
		}, 30_000);
	}
});
