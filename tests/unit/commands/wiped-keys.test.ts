/** Private keys are zeros once a command, or a call of the library, is over. */
import { afterAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cli } from "clipanion";
import type { Context } from "../../../src/cli/registration.ts";
import { BaseCommand } from "../../../src/commands/base.ts";
import { generateRawPassphrase } from "../../../src/crypto/key-derivation.ts";
import { Creds } from "../../../src/model/creds.ts";
import { createCustodianKey, type UnlockedCustodian } from "../../../src/model/key-custodian.ts";
import { KeyFile } from "../../../src/model/key-file.ts";
import { releaseMemory } from "../../../src/system/core-dumps.ts";
import { scratchFolder } from "../../support/scratch-folder.ts";

afterAll(releaseMemory);

let seen: UnlockedCustodian | undefined;

class FailingCommand extends BaseCommand {
	async execute(): Promise<never> {
		seen = await this.unlock(this.load());
		throw new Error("something went wrong");
	}
}

async function withAlice() {
	const alice = new Creds("alice@example.com", generateRawPassphrase());
	const file = KeyFile.create()
		.addKeyCustodian(await createCustodianKey(alice, { kdf: "raw" }))
		.addDomain("prod", alice.name)
		.addSecret("prod", "a", "1");
	return { alice, file };
}

const isZeros = (key: Uint8Array | undefined) => key?.every((byte) => byte === 0);

test("a command's, also where it failed", async () => {
	const { alice, file } = await withAlice();
	const path = join(scratchFolder(), "protected.yaml");
	writeFileSync(path, file.encode());
	const cli = new Cli<Context>({ binaryName: "pprotect" });
	cli.register(FailingCommand);
	const environment = { PPROTECT_USER: alice.name, PPROTECT_PASSPHRASE: alice.passphrase };
	const command = cli.process(["--file", path], {
		environment,
		commands: [],
		afterDashes: undefined,
	});
	if (!(command instanceof FailingCommand)) throw new Error("another command");
	await expect(command.execute()).rejects.toThrow("something went wrong");
	expect(isZeros(seen?.keyPair.privateKey)).toBe(false);
	command.close();
	expect(isZeros(seen?.keyPair.privateKey)).toBe(true);
});

test.each([
	["that opens", "prod"],
	["that fails", "none"],
])("a call's with credentials %s", async (_, domain) => {
	const { alice, file } = await withAlice();
	const custodian = await file.unlock(alice);
	// Its own key, which nobody else gets hold of.
	file.unlock = async () => custodian;
	const values = file.decryptDomain(domain, alice);
	if (domain === "prod") expect((await values).get("a")).toBe("1");
	else await expect(values).rejects.toThrow();
	expect(isZeros(custodian.keyPair.privateKey)).toBe(true);
});
