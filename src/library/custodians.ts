/** What the library hands out for custodians: a name to see, and nothing else. */

/**
 * A custodian whose passphrase was right. Keep it for as long as it is needed: it opens all that
 * the custodian owns, without another key derivation. Neither printing nor serialising it shows
 * the private key, nor do debuggers and error trackers find it in there.
 */
export class UnlockedCustodian {
	readonly name: string;
	/** Lets no other object with a name pass for one. */
	declare protected readonly kind: "unlocked custodian";

	/** @internal */
	constructor(name: string) {
		this.name = name;
		Object.freeze(this);
	}
}

/** A custodian's new key, which `createCustodianKey` made, to be put into a file. */
export class CustodianKey {
	readonly name: string;
	/** Lets no other object with a name pass for one. */
	declare protected readonly kind: "custodian key";

	/** @internal */
	constructor(name: string) {
		this.name = name;
		Object.freeze(this);
	}
}
