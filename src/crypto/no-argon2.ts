/** `#argon2` in the binary, whose runtime has Argon2id; in the package that is peer-argon2.ts. */
import type { Argon2id } from "./argon2id.ts";

export async function peerArgon2id(): Promise<Argon2id | undefined> {
	return undefined;
}
