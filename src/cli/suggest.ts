/** The name that a misspelt one most likely stands for, or undefined where none is near. */
export function closest(word: string, names: readonly string[]): string | undefined {
	const [best] = names
		.map((name) => ({ name, distance: isStartOf(word, name) ? 1 : editDistance(word, name) }))
		.filter(({ name, distance }) => distance <= mostTypos(name))
		.sort((a, b) => a.distance - b.distance);
	return best?.name;
}

/** Not so many that little is left of a short name: `-z` is no misspelt `-u`. */
function mostTypos(name: string): number {
	const letters = name.replace(/^-+/, "").length;
	return Math.min(letters / 2, Math.max(2, letters / 3));
}

/** Whether `word` is `name` cut short: `--value` for `--value-file`. */
function isStartOf(word: string, name: string): boolean {
	return word.length > 2 && name.startsWith(word) && name !== word;
}

/** Levenshtein's distance: how many characters to insert, remove or replace. */
function editDistance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, column) => column);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
