/** What only a shell can make sense of: expansions, lists of commands, redirections. */
const NEEDS_SHELL = /[$`;|&()<>*?[\]\n]|(?:^|\s)[~#]|^\s*[^\s'"]*=/;

const WORD = /(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/gs;
const PIECE = /\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"/gs;

/**
 * The words of a command line that holds no more than words and quotes, as sh would split it.
 *
 * @returns undefined where it takes a shell, or a quote is open.
 */
export function shellWords(line: string): string[] | undefined {
	if (NEEDS_SHELL.test(line)) return undefined;
	const words = line.match(WORD) ?? [];
	const isComplete = line.replace(WORD, "").trim() === "";
	return isComplete && words.length > 0 ? words.map(unquote) : undefined;
}

function unquote(word: string): string {
	return word.replace(PIECE, (_, escaped?: string, single?: string, double?: string) => {
		return escaped ?? single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? "";
	});
}
