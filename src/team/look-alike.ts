/** Names that look like each other. */
import { replaceHiddenCharacters } from "../format/hidden-characters.ts";

/**
 * Letters of other scripts, and signs, that look like a Latin letter: the ones of Unicode's
 * confusables (UTS #39) that stand on common keyboards.
 */
const ALIKE = new Map(
	[
		["a", "аɑα"],
		["b", "ьЬ"],
		["c", "сϲ"],
		["d", "ԁ"],
		["e", "еҽ"],
		["g", "ɡ"],
		["h", "һհ"],
		["i", "іıι"],
		["j", "ј"],
		["k", "кκ"],
		["l", "1|ӏIΙІƖ"],
		["m", "мϻ"],
		["n", "пռ"],
		["o", "0оοօ"],
		["p", "рρ"],
		["q", "ԛ"],
		["r", "г"],
		["s", "ѕ"],
		["t", "тτ"],
		["u", "υս"],
		["v", "νѵ"],
		["w", "ԝω"],
		["x", "хχ"],
		["y", "уγ"],
		["z", "ᴢ"],
		["-", "‐‑‒–—−"],
		[".", "․"],
		["@", "＠"],
	].flatMap(([letter = "", others = ""]) => [...others].map((other) => [other, letter] as const)),
);

/** The same for all names that look alike. */
export function skeleton(name: string): string {
	const plain = replaceHiddenCharacters(name.normalize("NFKC"), () => "").trim();
	const letters = [...plain].map((letter) => {
		const lower = letter.toLowerCase();
		return ALIKE.get(letter) ?? ALIKE.get(lower) ?? lower;
	});
	return letters
		.join("")
		.normalize("NFD")
		.replace(/\p{M}/gu, "")
		.replaceAll("rn", "m")
		.replaceAll("vv", "w")
		.replace(/\s+/gu, " ");
}
