/**
 * Stands in the page for crypto/argon2id.ts and crypto/scrypt.ts: the page asks for no passphrase,
 * and is smaller without them.
 */
export async function argon2id(): Promise<never> {
	throw new Error("the page derives no keys");
}

export { argon2id as scrypt };
