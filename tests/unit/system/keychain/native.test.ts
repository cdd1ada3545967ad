/** The keychain on systems that are not here: a runtime's keychain that a test plays. */
import { describe, expect, test } from "bun:test";
import { accountsInDump } from "../../../../src/system/keychain/list-macos.ts";
import { nativeKeychain, type Secrets } from "../../../../src/system/keychain/native.ts";

const ALICE = "alice@example.com 3f2a-91bc-0d7e-44a1-5c02";
const BOB = "bob@example.com 0000-91bc-0d7e-44a1-5c02";

/** An unlocked keychain, or a locked one whose user does, or does not, unlock it when it is read. */
function played(state: "unlocked" | "locked" | "unlocks", names: readonly string[] = []) {
	const entries = new Map(names.map((name) => [`pprotect/${name}`, `of ${name}`]));
	let isLocked = state !== "unlocked";
	const key = ({ service, name }: { service: string; name: string }) => `${service}/${name}`;
	const secrets: Secrets = {
		async get(entry) {
			if (state === "unlocks") isLocked = false;
			return isLocked ? null : (entries.get(key(entry)) ?? null);
		},
		async set(entry) {
			entries.set(key(entry), entry.value);
		},
		delete: async (entry) => !isLocked && entries.delete(key(entry)),
	};
	const listNames = async () => [...entries.keys()].map((entry) => entry.replace("pprotect/", ""));
	return { keychain: nativeKeychain(secrets, listNames), entries };
}

test("the first account that has a passphrase gives it", async () => {
	const { keychain } = played("unlocked", [BOB]);
	expect(await keychain.get([ALICE, BOB])).toBe(`of ${BOB}`);
	expect(await keychain.get([ALICE])).toBeUndefined();
	await keychain.set(ALICE, "words");
	expect(await keychain.get([ALICE, BOB])).toBe("words");
	expect(await keychain.held([ALICE, "x"])).toEqual([ALICE]);
});

test("an entry that the user made under the same service is none of ours", async () => {
	const { keychain, entries } = played("unlocked", [ALICE, "app@example.com"]);
	expect(await keychain.list()).toEqual([ALICE]);
	expect(await keychain.remove(await keychain.list())).toEqual([ALICE]);
	expect([...entries.keys()]).toEqual(["pprotect/app@example.com"]);
});

describe("locked", () => {
	test("what stays there is not called removed", async () => {
		const { keychain, entries } = played("locked", [ALICE]);
		expect(keychain.remove([ALICE])).rejects.toThrow("locked");
		expect(entries.size).toBe(1);
	});

	test("it is removed once the user unlocks it", async () => {
		const { keychain, entries } = played("unlocks", [ALICE]);
		expect(await keychain.remove([ALICE])).toEqual([ALICE]);
		expect(entries.size).toBe(0);
	});
});

test("the dump of a keychain of macOS gives the accounts of our service", () => {
	const entry = (service: string, account: string) => `keychain: "/Users/a/login.keychain-db"
version: 512
class: "genp"
attributes:
    0x00000007 <blob>="${service}"
    "acct"<blob>=${account}
    "svce"<blob>="${service}"
    "type"<uint32>=<NULL>
`;
	const dump = [
		entry("pprotect", `"${ALICE}"`),
		entry("other", `"${BOB}"`),
		entry("pprotect", `0x626F  "${BOB}"`),
		entry("pprotect", "<NULL>"),
	].join("");
	expect(accountsInDump(dump)).toEqual([ALICE, BOB]);
});
