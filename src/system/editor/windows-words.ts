const WORD = /"[^"]*"|'[^']*'(?=\s|$)|(?:"[^"]*"|[^\s"])+/g;

/**
 * The words of an editor's command line on Windows, where a backslash is part of a path. Double
 * quotes hold words together, and so do single ones around a word, as Git's own settings have
 * them; a path with spaces is taken without any, as far as `isProgram` knows it.
 */
export function windowsWords(line: string, isProgram: (word: string) => boolean): string[] {
	const command = line.trim();
	const ends = [
		command.length,
		...[...command.matchAll(/\s+/g)].map(({ index }) => index).reverse(),
	];
	const starts = /^["']/.test(command) ? [] : ends.map((end) => command.slice(0, end));
	const path = starts.find(isProgram);
	if (path === undefined) return wordsOf(command);
	return [path, ...wordsOf(command.slice(path.length))];
}

function wordsOf(line: string): string[] {
	const words = line.match(WORD) ?? [];
	return words.map((word) => (word.startsWith("'") ? word.slice(1, -1) : word.replaceAll('"', "")));
}
