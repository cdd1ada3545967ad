/** Values that a format, or one of its readers, could change; by name. */

/** Each stands for a way in which some reader reads more than text. */
const PIECES: readonly string[] = [
	...["", " ", "  ", "\t", "\n", "\r", "\r\n", "a\n", "\na", "a\n\n", "a\r\nb", "a\rb"],
	...["'", '"', "`", "''", '""', "it's", 'say "x"', `it's "x"`, "a'b\"c`d", "'x'", '"x"', "`x`"],
	...[`'x","x'`, `"'x`, `x'"`, `x'"'"'y`, "\\", "\\\\", "a\\", "a\\\\", "\\a", "\\n", "\\t"],
	...["C:\\new\\x", "C:\\dir\\", "a\\\\b", "a\\'b", 'a\\"b', "it's \\ back", "it's $x", "it's #"],
	...[
		"it's\nx",
		'it\'s "x"\ny',
		"$",
		"$x",
		"$HOME",
		"$\u007bHOME}",
		"$\u007bx:-y}",
		"$(id)",
		"`id`",
		"$$",
	],
	...["$1", "a$", "\\$x", "#", "#a", "a#", "a #b", "a# b", " #", "=", "=ls", "a=b", "a:=ls", "=="],
	...["~", "~root", "a:~", "!", "!!", "!x", "*", "?", "[a]", "{a,b}", "{}", "[]", "&", "|", ";"],
	...["a;b", "a&b", "a|b", "<", "<<EOF", ">", "(a)", "()", "%", "%25", "%s", "%HOME%", "^", "@"],
	...["@a", "+", "-", "--", "-x", "---", "...", "- a", ": ", "a: b", "a:", "? a", "|x", ">x", "&a"],
	...["*a", "!a", "!!str x", "yes", "no", "Yes", "NO", "on", "off", "y", "n", "Y", "N", "true"],
	...["False", "null", "Null", "nan", ".nan", ".inf", "-.inf", "Infinity", "0", "-1", "+1", "007"],
	...[
		"0777",
		"0o17",
		"0x1F",
		"0b11",
		"1_000",
		"1,000",
		"1.5",
		"1e5",
		"1.5e+3",
		".5",
		"5.",
		"12:30",
	],
	...["1:05", "12:30:45", "22:22", "190:20:30", "2001-01-01", "2001-12-14t21:59:43.10-05:00", "<<"],
	...["2001-12-14 21:59:43", ":sym", ":a b", "!ruby/object:Object {}", "export A=1", "A=1"],
	...["A=1\nB=2", "a'\nEVIL=1\n'", "a\nEVIL=1", 'x"\nEVIL=1\n"', "EOF", "EOF\nEVIL=1"],
	...["::add-mask::x", "::set-env name=X::y", "::stop-commands::t", '{\n "a": 1\n}\n'],
	...['{"a":"b\\nc"}', "-----BEGIN KEY-----\nMIIEvQ+/=\nabc==\n-----END KEY-----\n"],
	...["-----BEGIN KEY-----\r\nab\r\n-----END KEY-----\r\n", "é", "ü\n", "日本語", "🔒", "👩‍👩‍👧‍👦"],
	...["\u00a0", "\u00a0x\u00a0", "\u2028", "a\u2028b", "a\u2029b", "\u0085", "a\u0085b", "\ufeff"],
	...["\ufeffx", "x\ufeff", "\u200b", "\u202e", "\ufffe", "\uffff", "\x01", "\x07", "\x0b", "\x0c"],
	...["a\x0bb", "\x1b[31m", "\x1b]0;x\x07", "\x7f", "\x80", "\x9f", "‘x’", "“x”", "‚‛", " lead"],
	...["trail ", "\tlead", "trail\t", "a\tb", "a  b", "  a\n b\n", "a \nb", "\n  a\n b \n\n\n"],
	...[
		"x".repeat(5000),
		"key: |\n  x",
		"# c\nA=1",
		"\\u0041",
		"\\x41",
		"\\e",
		"a\\\nb",
		"%0A",
		"100%",
	],
	...[
		"&amp;",
		`"a" 'b' \`c\``,
		"p@ss,w0rd",
		"x'y\"z$",
		"pa$$word",
		"$\u007b",
		"}",
		"$\u007b}",
		"$}",
		"a$\u007bb",
	],
	...["#{x}", "\\#", "\\ ", "export", "A: b", "set -gx A b", "$env:A = 'b'"],
];

const PASSWORDS = 300;
const PASSWORD_LENGTH = 20;

/** All of them, and as many random passwords of printable ASCII: the same ones at every run. */
export function tortureValues(): ReadonlyMap<string, string> {
	const passwords = Array.from({ length: PASSWORDS }, randomPassword(20_261_126));
	return new Map([...new Set(PIECES), ...passwords].map((value, index) => [`V${index}`, value]));
}

function randomPassword(seed: number): () => string {
	let state = seed;
	const next = () => {
		// Numerical Recipes' generator: which passwords they are does not matter.
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
	const character = () => String.fromCharCode(33 + Math.floor(next() * 94));
	return () => Array.from({ length: PASSWORD_LENGTH }, character).join("");
}
