/** Characters that do not follow from the one before, which a passphrase needs at the least. */
const ENOUGH = 12;

/**
 * Whether a passphrase is short, once repetitions (`aaa`), sequences (`1234`) and the custodian's
 * own name are left out. One that passes may still be a known one: nothing here knows those.
 */
export function isWeakPassphrase(passphrase: string, name: string): boolean {
	const own = name
		.toLowerCase()
		.split(/[@.]/)
		.filter((part) => part.length > 2);
	const rest = own.reduce((text, part) => text.replaceAll(part, ""), passphrase.toLowerCase());
	const codes = Array.from(rest, (character) => character.codePointAt(0) ?? 0);
	const surprising = codes.filter((code, index) => {
		const before = codes[index - 1];
		return before === undefined || Math.abs(code - before) > 1;
	});
	return surprising.length < ENOUGH;
}
