/** What can be known of two versions of a protected file beside what they say. */
import type { Change } from "./change.ts";
import type { NamedVersion } from "./named-version.ts";

export interface Knowledge {
	readonly past?: Past;
	/** By domain, where an owner opened it in both versions. */
	readonly values?: ReadonlyMap<string, ComparedValues>;
	/** What a variable of the secret's name does to programs, in a sentence, if it does anything. */
	readonly effectOf?: (secret: string) => string | undefined;
}

/** The versions of the file from before the ones that are compared. */
export interface Past {
	/** The newest of them whose text holds this key or box. */
	newestWith(text: string): NamedVersion | undefined;
}

/** What an owner found by opening a domain in both versions. */
export interface ComparedValues {
	/** The secrets of both versions whose values differ. */
	readonly differing: ReadonlySet<string>;
	/** The secrets of the later version that do not open. */
	readonly unreadable: ReadonlySet<string>;
	/** What is wrong with the domain itself. */
	readonly problems: readonly Change[];
}
