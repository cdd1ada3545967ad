/** What is different between two versions of a protected file, in the words of `pprotect diff --json`. */

/** Where the audit log should tell of it, as pprotect would have written it, and does not. */
interface Logged {
	readonly unlogged?: true;
}

export interface DomainChange extends Logged {
	readonly what: "domain";
	readonly how: "added" | "removed";
	readonly domain: string;
}

/** The key is one that there was before. */
interface Restored {
	readonly how: "restored";
	/** The version that had it. */
	readonly from: string;
}

/**
 * Replaced: an owner's entry stayed as it was, so it is not the new key that they hold. Foreign: it
 * is not that of the private key which its owner holds, as opening it showed.
 */
export type KeyChange = KeyFacts &
	(Restored | { readonly how: "rotated" | "replaced" | "foreign" });

interface KeyFacts extends Logged {
	readonly what: "key";
	readonly domain: string;
	/** How many values were sealed anew, each of which may be another. */
	readonly values?: number;
	/** How many of those are, where an owner opened both versions. */
	readonly differing?: number;
	/** The owners whose entries stayed, where it is replaced. */
	readonly kept?: readonly string[];
	/** Who owned the domain in the version that had the key, and does no longer. */
	readonly formerOwners?: readonly string[];
}

export interface OwnerChange extends Logged {
	readonly what: "owner";
	/**
	 * Resealed: their entry is another, without a reason that shows. Dead: it does not open, as they
	 * themselves found out.
	 */
	readonly how: "added" | "removed" | "resealed" | "dead";
	readonly domain: string;
	readonly name: string;
}

export interface SecretChange extends Logged {
	readonly what: "secret";
	/** Unclear: sealed anew, as the domain's key is another; whether the value is, only an owner can tell. */
	readonly how: "added" | "changed" | "removed" | "unclear";
	readonly domain: string;
	readonly name: string;
	/** The secret whose sealed box it now holds. */
	readonly copyOf?: { readonly domain: string; readonly name: string };
	/** The older version in which it held the same box. */
	readonly from?: string;
	/** What a variable of this name does to programs, in a sentence. */
	readonly effect?: string;
	/** It does not open, or is no text: a program cannot have it. */
	readonly unreadable?: true;
}

/** Replaced: an entry of theirs stayed as it was, so the new key was not made by them. */
export type CustodianChange = CustodianFacts &
	(Restored | { readonly how: "added" | "removed" | "rekeyed" | "replaced" });

interface CustodianFacts extends Logged {
	readonly what: "custodian";
	readonly name: string;
	/** The kind of key before, as `describeKey` has it. */
	readonly oldKey?: string;
	readonly newKey?: string;
	readonly oldFingerprint?: string;
	readonly newFingerprint?: string;
	/** The domains in which their entry stayed, where the key is replaced. */
	readonly kept?: readonly string[];
}

export interface LogChange {
	readonly what: "audit-log";
	readonly how: "added" | "removed" | "reordered";
	readonly entries: number;
	/** Entries were changed or taken out, other than by a truncation. */
	readonly rewritten?: true;
}

export interface CommentChange {
	readonly what: "comment";
	readonly how: "added" | "removed";
	readonly text: string;
}

export interface FileChange {
	readonly what: "file";
	readonly how: "moved";
	readonly from: string;
	readonly to: string;
}

/** One thing that is different. */
export type Change =
	| DomainChange
	| KeyChange
	| OwnerChange
	| SecretChange
	| CustodianChange
	| LogChange
	| CommentChange
	| FileChange;

/** Whether it is something that no owner does: it is to be looked into before anything else. */
export function isProblem({ how }: Change): boolean {
	return how === "replaced" || how === "restored" || how === "foreign" || how === "dead";
}
