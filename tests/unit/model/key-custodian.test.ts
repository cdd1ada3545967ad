import { expect, test } from "bun:test";
import { Creds } from "../../../src/model/creds.ts";
import { createCustodianKey } from "../../../src/model/key-custodian.ts";

test("a new Argon2id key asks for no more passes than the Python tool runs", async () => {
	const creds = new Creds("a@example.com", "pass words");
	const cost = { kdf: "argon2id", memlimit: 8192 } as const;
	const key = await createCustodianKey(creds, { ...cost, opslimit: 4 });
	expect(key.kdf).toBe("argon2id");
	expect(createCustodianKey(creds, { ...cost, opslimit: 5 })).rejects.toThrow("opslimit of 5");
});
