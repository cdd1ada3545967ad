/** Every operation on every vector: the fewest lines change, and the outcome says what it should. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ProtectError } from "../../../src/errors.ts";
import { Creds } from "../../../src/model/creds.ts";
import { createCustodianKey } from "../../../src/model/key-custodian.ts";
import { KeyFile } from "../../../src/model/key-file.ts";
import { OPERATIONS } from "../../fuzz/operations.ts";
import { expectFewestChanges } from "../../fuzz/properties.ts";
import { Random } from "../../fuzz/random.ts";
import expected from "../../vectors/expected.json" with { type: "json" };

const VECTORS = join(import.meta.dir, "../../vectors");

/** Opening these takes a second; their layout is that of the others. */
const SLOW: readonly string[] = ["v0-argon2id-hard.yaml", "v3-scrypt-hard.yaml"];

for (const [name, { custodians }] of Object.entries(expected)) {
	describe(name, () => {
		const bytes = new Uint8Array(readFileSync(join(VECTORS, name)));
		const file = KeyFile.parse(bytes);

		for (const { name: operation, apply } of OPERATIONS) {
			test(`takes ${operation}, without credentials`, () => {
				for (let seed = 1; seed <= 5; seed++) {
					const random = new Random(seed);
					let changed: KeyFile;
					try {
						changed = apply(file, random);
					} catch (error) {
						if (!(error instanceof ProtectError)) throw error;
						continue;
					}
					expectFewestChanges(bytes, changed);
				}
			});
		}

		if (SLOW.includes(name)) return;
		test("takes all that an owner does", async () => {
			const owner = custodians.find(({ domains }) => domains.length > 0);
			if (owner === undefined) throw new Error("nobody owns anything");
			const acting = await file.unlock(new Creds(owner.user, owner.passphrase));
			const domain = owner.domains[0] ?? "";
			const key = await createCustodianKey(new Creds("new", `P${"1".repeat(64)}P`), { kdf: "raw" });
			const withNew = file.addKeyCustodian(key);
			for (const changed of [
				file.rotateDomainKey(domain, acting),
				withNew.addOwner(domain, "new", acting),
				withNew.migrateOwner("new", acting),
				file.setPassphrase(acting, { ...key, name: acting.name }),
				file.rekeyCustodian(acting, { ...key, name: acting.name }),
			]) {
				const written = KeyFile.parse(expectFewestChanges(bytes, changed));
				expect(written.secretNames(domain)).toEqual(file.secretNames(domain));
			}
			const rotated = KeyFile.parse(file.rotateDomainKey(domain, acting).encode());
			expect(rotated.decryptDomain(domain, acting)).toEqual(file.decryptDomain(domain, acting));
		});
	});
}
