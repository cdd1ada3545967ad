/** What every implementation of Argon2id is. */

/** RFC 9106's own cost words; libsodium's opslimit is `passes`, its memlimit is in bytes. */
export interface Argon2idCost {
	readonly passes: number;
	/** Memory in KiB, at least 8. */
	readonly memory: number;
}

/** 32 bytes from a password and a salt of at least 8 bytes. */
export type Argon2id = (
	password: Uint8Array,
	salt: Uint8Array,
	cost: Argon2idCost,
) => Promise<Uint8Array>;
