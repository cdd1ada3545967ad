import { expect, test } from "bun:test";
import { ALPHABETS, randomText } from "../../../src/crypto/random-text.ts";

const alphabets = Object.entries(ALPHABETS);

test.each(alphabets)("%s has no character twice", (_, alphabet) => {
	expect(new Set(alphabet).size).toBe(alphabet.length);
});

test.each(alphabets)("%s gives texts of the length asked for", (_, alphabet) => {
	for (const length of [1, 2, 31, 32, 1000]) {
		const text = randomText(length, alphabet);
		expect(text).toHaveLength(length);
		expect([...text].filter((character) => !alphabet.includes(character))).toEqual([]);
	}
});

test.each(alphabets)("%s favours none of its characters", (_, alphabet) => {
	const counts = new Map([...alphabet].map((character) => [character, 0]));
	const expected = 4000;
	for (let round = 0; round < expected; round++) {
		for (const character of randomText(alphabet.length, alphabet)) {
			counts.set(character, (counts.get(character) ?? 0) + 1);
		}
	}
	// Six standard deviations; taking bytes modulo 62 would favour eight by a quarter, 16 of them.
	const tolerance = 6 * Math.sqrt(expected);
	for (const [character, count] of counts) {
		expect(Math.abs(count - expected), character).toBeLessThan(tolerance);
	}
});
