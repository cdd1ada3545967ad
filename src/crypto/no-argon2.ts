/** `#argon2` under Bun, which has Argon2id, and in browsers and workers, which load no native code. */
import type { Argon2id } from "./argon2id-function.ts";

export async function peerArgon2id(): Promise<Argon2id | undefined> {
	return undefined;
}
