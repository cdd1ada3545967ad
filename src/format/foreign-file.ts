/** What every protected file has at the start of a line. */
const OWN_LINE = /^["']?(key-custodians|audit-log)["']?:/m;

/** Whether `bytes` are something else altogether, so that advice about their lines is no help. */
export function isForeignFile(bytes: Uint8Array): boolean {
	const text = new TextDecoder("latin1").decode(bytes);
	return text.trim() !== "" && !OWN_LINE.test(text);
}
