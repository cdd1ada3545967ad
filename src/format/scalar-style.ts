/**
 * Which of YAML's three flow styles a text is written in (YAML 1.2.2 §7.3): plain where
 * nothing in it could be misread, else single-quoted, else double-quoted.
 *
 * - double: it holds a character that must be escaped; or it cannot stand plain and holds
 *   a `'`, as `''` is never written.
 * - single: it is empty; has a blank at either end; begins with an indicator (`- ? :` only
 *   with a blank or nothing behind them), with `---` or with `...`; holds `: ` or ` #`; ends
 *   with `:`; or would be read as another type than text.
 * - plain: all else, be it `yes`, `12:30`, `a,b` or an emoji.
 */
export type ScalarStyle = "plain" | "single" | "double";

/** The style that `text` is written in. */
export function scalarStyle(text: string): ScalarStyle {
	if (UNPRINTABLE.test(text)) return "double";
	if (canStandPlain(text)) return "plain";
	return text.includes("'") ? "double" : "single";
}

/**
 * Controls (tab and line feed too), the line breaks beyond ASCII, the byte-order mark and
 * the non-characters of the first plane: only an escape sequence can stand for them.
 *
 * ruamel.yaml puts NEL, U+2028 and U+2029 into single quotes as they are and breaks the line
 * after them. YAML 1.2 no longer knows them as line breaks, so its readers would take the
 * indentation for text; escaped, they are read alike by all.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are its subject
export const UNPRINTABLE = /[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

/** @param text without unprintable characters, so that its only blank is the space. */
function canStandPlain(text: string): boolean {
	return (
		text !== "" &&
		!text.startsWith(" ") &&
		!text.endsWith(" ") &&
		!text.endsWith(":") &&
		!text.includes(": ") &&
		!text.includes(" #") &&
		!SPECIAL_START.test(text) &&
		!OTHER_TYPES.some((type) => type.test(text))
	);
}

const SPECIAL_START = /^(?:[,[\]{}#&*!|>'"%@`]|[-?:](?: |$)|---|\.\.\.)/;

const WORD = /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|=|<<)$/;

const INTEGER = /^(?:[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+)|[-+][0-9_]+|[0-9][0-9_]*)$/;

const DECIMAL = /^[-+]?[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)$/;

const FRACTION = /^[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?$/;

/** `.5e3`: a number in YAML 1.2, yet ruamel.yaml writes such text plain. */
const FRACTION_WITH_UNSIGNED_EXPONENT = /^[-+]?\.[0-9]+[eE][0-9]+$/;

const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

const TIME =
	/^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]| +)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?: *(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?$/;

/** What some reader takes for more than text: YAML 1.1's digits with `_`, dates and `<<` too. */
const OTHER_TYPES = [
	WORD,
	INTEGER,
	DECIMAL,
	FRACTION,
	FRACTION_WITH_UNSIGNED_EXPONENT,
	NOT_FINITE,
	DATE,
	TIME,
];
