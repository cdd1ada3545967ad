/** Something that can run a binary. */
export interface Machine {
	/** What it is, in a word or two: `under wine`. */
	readonly name: string;
	/** The words before pprotect's own arguments. */
	readonly argv: readonly string[];
	/** Where pprotect runs, as this process sees it. */
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
	/** A program that prints the variable `word` and exits with 7. */
	readonly child: readonly string[];
	/** On Windows: what opens the file that is added to it, says `held`, and lets go after a second. */
	readonly holder?: readonly string[];
}

/** Why there is no such machine here. */
export class Missing extends Error {}
