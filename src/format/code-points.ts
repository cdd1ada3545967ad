/**
 * Orders text by Unicode code point, as the file does. JavaScript's own order is by UTF-16
 * unit, which puts U+1F600 before U+FF5E.
 */
export function compareCodePoints(a: string, b: string): number {
	const shorter = Math.min(a.length, b.length);
	for (let i = 0; i < shorter; i++) {
		const left = a.charCodeAt(i);
		const right = b.charCodeAt(i);
		if (left !== right) return fixSurrogate(left) - fixSurrogate(right);
	}
	return a.length - b.length;
}

/** Lifts surrogates (code points past U+FFFF) above the rest of the 16-bit range. */
function fixSurrogate(unit: number): number {
	if (unit < 0xd800) return unit;
	return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
