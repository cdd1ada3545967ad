/** What deriving a custodian's key costs, beside the runtime's own implementation. */
import { scryptSync } from "node:crypto";
import { nativeArgon2id, nobleArgon2id } from "../../src/crypto/argon2id.ts";
import {
	ARGON2ID_FAST,
	ARGON2ID_HARD,
	type Argon2idParameters,
	derivePrivateKey,
	generateRawPassphrase,
	type KdfParameters,
	SCRYPT_FAST,
	SCRYPT_HARD,
	type ScryptParameters,
} from "../../src/crypto/key-derivation.ts";
import type { Row } from "./table.ts";
import { timed } from "./timed.ts";

const RUNS = 3;
const PASSWORD = new Uint8Array(64).fill(1);
const SALT = new Uint8Array(16).fill(2);

/** Ours and the runtime's, for each kind of key that is derived. */
export async function derivationRows(): Promise<Row[]> {
	return [
		...(await scryptRows("scrypt, hard (256 MiB)", SCRYPT_HARD)),
		...(await scryptRows("scrypt, fast (64 MiB)", SCRYPT_FAST)),
		...(await argon2idRows("Argon2id, hard (256 MiB, 4 passes)", ARGON2ID_HARD)),
		...(await argon2idRows("Argon2id, fast (64 MiB, 2 passes)", ARGON2ID_FAST)),
		{ what: "raw key", ms: await timed(RUNS, () => derive({ kdf: "raw" })) },
	];
}

function derive(parameters: KdfParameters): Promise<Uint8Array> {
	return derivePrivateKey(parameters, SALT, "ci@example.com", generateRawPassphrase());
}

async function scryptRows(what: string, parameters: ScryptParameters): Promise<Row[]> {
	const { log2N, r, p } = parameters;
	const cost = { N: 2 ** log2N, r, p, maxmem: 2 ** 30 };
	const native = await timed(RUNS, () => scryptSync(PASSWORD, SALT, 32, cost));
	const ours = await timed(RUNS, () => derive(parameters));
	return [
		{ what, ms: ours, ratio: ours / native },
		{ what: "  the runtime's own", ms: native, ratio: 1 },
	];
}

async function argon2idRows(what: string, parameters: Argon2idParameters): Promise<Row[]> {
	const argon2id = await nativeArgon2id();
	if (argon2id === undefined) return [];
	const { opslimit: passes, memlimit } = parameters;
	const cost = { passes, memory: memlimit / 1024 };
	const native = await timed(RUNS, () => argon2id(PASSWORD, SALT, cost));
	const ours = await timed(RUNS, () => derive(parameters));
	const noble = await timed(1, () => nobleArgon2id(PASSWORD, SALT, cost));
	return [
		{ what, ms: ours, ratio: ours / native },
		{ what: "  the runtime's own", ms: native, ratio: 1 },
		{ what: "  in JavaScript, as under Node 20", ms: noble, ratio: noble / native },
	];
}
