/** What `pprotect check` has to say about a line of the file. */
export interface Finding {
	/** From 1. */
	readonly line: number;
	/** A problem has to be fixed; a warning is a risk that one may take; a note is only told. */
	readonly level: "problem" | "warning" | "note";
	/** What kind of finding it is, for programs: it stays the same from version to version. */
	readonly code: FindingCode;
	readonly what: string;
	/** What to do about it, or to type. */
	readonly todo: string;
}

/** Every kind of finding; docs/git.md says what each means. */
export const FINDING_CODES = [
	"conflict-marker",
	"unreadable",
	"not-sealed",
	"replaced-key",
	"changed-key",
	"stale-secret",
	"stale-owner",
	"weak-public-key",
	"copied-box",
	"copied-entry",
	"moved-key",
	"same-key",
	"older-value",
	"older-key",
	"lost-in-merge",
	"revived",
	"removed-in-log",
	"former-owner",
	"log-rewritten",
	"log-truncated",
	"hidden-character",
	"look-alike",
	"same-variable",
	"runs-code",
	"one-owner",
	"owns-nothing",
	"owns-many",
	"quick-to-guess",
	"does-not-open",
	"foreign-key",
	"value-differs",
	"not-opened",
	"new-file",
	"not-merged",
	"not-seen",
	"link-outside",
	"raw-key",
] as const;

export type FindingCode = (typeof FINDING_CODES)[number];
