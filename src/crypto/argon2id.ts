/**
 * Argon2id (RFC 9106, version 1.3, one lane), by one of three implementations that give the same
 * bytes. At 256 MiB and 4 passes the runtime's own takes about 1.5 s and noble's, in JavaScript,
 * about 8 s: so the runtime's where it exists (Bun, Node 24.7 and later), else that of a package
 * that the application may have, which is as fast, and else noble's.
 */

import { argon2idAsync } from "@noble/hashes/argon2.js";
import { peerArgon2id } from "#argon2";
import type { Argon2id } from "./argon2id-function.ts";
import { wipe } from "./bytes.ts";
import { nodeCrypto } from "./node-crypto.ts";

const TAG_LENGTH = 32;

/** noble's. It yields every few milliseconds, so signals are handled while it works. */
export const nobleArgon2id: Argon2id = (password, salt, { passes, memory }) =>
	argon2idAsync(password, salt, { t: passes, m: memory, p: 1, dkLen: TAG_LENGTH });

/**
 * The runtime's own, which works on another thread, or undefined where it has none. Found out by
 * trying, because a runtime's node:crypto may have the function over a library without Argon2.
 */
export async function nativeArgon2id(): Promise<Argon2id | undefined> {
	try {
		const argon2 = nodeCrypto()?.argon2;
		if (argon2 === undefined) return undefined;
		const derive: Argon2id = (password, salt, { passes, memory }) =>
			new Promise((resolve, reject) => {
				const parameters = { message: password, nonce: salt, passes, memory };
				argon2(
					"argon2id",
					{ ...parameters, parallelism: 1, tagLength: TAG_LENGTH },
					(error, tag) => {
						if (error) return reject(error);
						resolve(new Uint8Array(tag));
						wipe(tag);
					},
				);
			});
		await derive(new Uint8Array(8), new Uint8Array(8), { passes: 1, memory: 8 });
		return derive;
	} catch {
		return undefined;
	}
}

/** Argon2id by the fastest implementation there is here. */
export const argon2id: Argon2id = async (password, salt, cost) => {
	const derive = (await nativeArgon2id()) ?? (await peerOnNode()) ?? nobleArgon2id;
	return derive(password, salt, cost);
};

/** Native code from a package, which needs a runtime with Node's interface. */
async function peerOnNode(): Promise<Argon2id | undefined> {
	return nodeCrypto() && peerArgon2id();
}
