/** `#argon2` under Node and Deno: native code that an application may have installed. */
import type { Argon2id } from "./argon2id-function.ts";
import { wipe } from "./bytes.ts";

/** The part of @node-rs/argon2 that is used. */
interface Argon2Package {
	hashRaw(password: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<Uint8Array>;
}

/** Not a literal in the `import`, which bundlers would insist on finding. */
const PACKAGE = "@node-rs/argon2";

/** Its names for Argon2id and for version 1.3. */
const ARGON2ID = 2;
const VERSION_1_3 = 1;

/** @node-rs/argon2, which works on another thread, or undefined where it is not installed. */
export async function peerArgon2id(): Promise<Argon2id | undefined> {
	try {
		const { hashRaw }: Argon2Package = await import(
			/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ PACKAGE
		);
		return async (password, salt, { passes, memory }) => {
			const tag = await hashRaw(password, {
				algorithm: ARGON2ID,
				version: VERSION_1_3,
				salt,
				timeCost: passes,
				memoryCost: memory,
				parallelism: 1,
				outputLen: 32,
			});
			const key = new Uint8Array(tag);
			wipe(tag);
			return key;
		};
	} catch {
		return undefined;
	}
}
