/** What `pprotect check` has to say about a line of the file. */
export interface Finding {
	/** From 1. */
	readonly line: number;
	/** A problem has to be mended; a warning is a risk that one may take; a note is only told. */
	readonly level: "problem" | "warning" | "note";
	readonly what: string;
	/** What to do about it, or to type. */
	readonly todo: string;
}
