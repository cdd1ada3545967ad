/** Breaking lines between words. */

/**
 * `text` on lines of at most `columns`, where words allow it; every line but the first stands behind
 * `indent` spaces more. A command of pprotect's stays in one piece, so that it can be copied.
 */
export function wrap(text: string, columns: number, indent = 0): string {
	const pieces = text.match(/(?<=[:,] (?:or )?)pprotect [a-z][^,;]*|\S+/g) ?? [];
	const lines: string[] = [];
	let line: string | undefined;
	for (const piece of pieces) {
		const longer: string = line === undefined ? piece : `${line} ${piece}`;
		if (line === undefined || Bun.stringWidth(longer) <= columns) {
			line = longer;
		} else {
			lines.push(line);
			line = piece;
		}
	}
	return [...lines, line ?? ""].join(`\n${" ".repeat(indent)}`);
}
