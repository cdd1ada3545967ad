import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DecryptionError, NameError, ProtectError } from "../../../src/errors.ts";
import { readProtected } from "../../../src/format/read.ts";
import { Creds } from "../../../src/model/creds.ts";
import { createCustodianKey } from "../../../src/model/key-custodian.ts";
import { KeyFile } from "../../../src/model/key-file.ts";
import { lineChanges } from "../../fuzz/line-changes.ts";
import { LONG_DOMAIN, PASSPHRASES, sampleText, unlockedCustodian } from "../../fuzz/sample.ts";

const VECTORS = join(import.meta.dir, "../../vectors");

const NOW = new Date("2026-11-21T20:00:00.999Z");
const STAMP = "2026-11-21T20:00:00Z --";
const sample = KeyFile.parse(sampleText, { now: () => NOW });
const alice = unlockedCustodian("alice@example.com");
const bob = unlockedCustodian("bob@example.com");
const OBRIEN = "O'Brien: #1 <ob@example.com>";

function newKey(name: string) {
	return createCustodianKey(new Creds(name, `P${"7".repeat(64)}P`), { kdf: "raw" });
}

/** What a reviewer sees of a change of the sample; sealed boxes and keys are cut short. */
function diff(changed: KeyFile): { removed: readonly string[]; added: readonly string[] } {
	const { removed, added } = lineChanges(sampleText, new TextDecoder().decode(changed.encode()));
	const shorten = (line: string) => line.replace(/ A[A-Za-z0-9+/]{30,}=*$/, " A…");
	return { removed: removed.map(shorten), added: added.map(shorten) };
}

/** The values of a domain, read with alice's key from the bytes that were written. */
function written(changed: KeyFile, domain: string): Map<string, string> {
	return KeyFile.parse(changed.encode()).decryptDomain(domain, alice);
}

test("a domain whose public key was swapped is neither read, shared nor rotated", async () => {
	const keyOf = (name: string) => sample.data.domains.get(name)?.publicKey ?? "";
	const swapped = KeyFile.parse(sampleText.replace(keyOf("prod"), keyOf("dev")));
	for (const use of [
		() => swapped.decryptDomain("prod", alice),
		() => swapped.decryptDomain("prod", alice, []),
		() => swapped.addOwner("prod", OBRIEN, alice),
		() => swapped.rotateDomainKey("prod", alice),
	]) {
		expect(use).toThrow("the public key of domain prod is not that of the private key");
	}
	await expect(swapped.decryptDomainFast("prod", alice)).rejects.toThrow(
		"the public key of domain prod is not that of the private key",
	);
	expect(swapped.decryptDomain("dev", alice)).toBeInstanceOf(Map);
});

test("who was removed meanwhile does not come back with a new passphrase", async () => {
	const key = await newKey("carol@example.com");
	const added = sample.addKeyCustodian(key);
	const carol = await added.unlock(new Creds(key.name, `P${"7".repeat(64)}P`));
	const newer = await newKey("carol@example.com");
	expect(added.setPassphrase(carol, newer).custodianNames).toContain(key.name);
	expect(() => sample.setPassphrase(carol, newer)).toThrow(
		"was changed in protected.yaml meanwhile",
	);
	expect(() => added.rekeyCustodian(carol, newer).setPassphrase(carol, newer)).toThrow("meanwhile");
});

describe("a change costs a reviewer", () => {
	test("two lines for a secret that is added", () => {
		const changed = sample.addSecret("prod", "e", "value");
		expect(diff(changed)).toEqual({
			removed: [],
			added: ["  secret-e: A…", `- ${STAMP} added secret e in prod`],
		});
		const text = new TextDecoder().decode(changed.encode());
		expect(text).toMatch(/\n {2}secret-db-password: .*\n {2}secret-e: .*\n {2}secret-z: /);
		expect(written(changed, "prod").get("e")).toBe("value");
	});

	test("a line changed and one added for a secret that is updated", () => {
		const changed = sample.updateSecret("prod", "z", "value");
		expect(diff(changed)).toEqual({
			removed: ["  secret-z: A…"],
			added: ["  secret-z: A…", `- ${STAMP} updated secret z in prod`],
		});
		expect(written(changed, "prod").get("z")).toBe("value");
		expect(diff(sample.setSecret("prod", "z", "value")).added).toContain(
			`- ${STAMP} set secret z in prod`,
		);
	});

	test("a line less and one more for a secret that is removed", () => {
		const changed = sample.removeSecret("prod", "z");
		expect(diff(changed)).toEqual({
			removed: ["  secret-z: A…"],
			added: [`- ${STAMP} removed secret z from prod`],
		});
		expect([...written(changed, "prod").keys()]).toEqual(["Upper", "api-key", "db-password"]);
	});

	test("the lines of the domain and one more for a domain that is added", () => {
		expect(diff(sample.addDomain("p", "bob@example.com"))).toEqual({
			removed: [],
			added: [
				"p:",
				"  meta:",
				"    public-key: A…",
				"    owners:",
				"      bob@example.com: A…",
				`- ${STAMP} created domain p with owner bob@example.com`,
			],
		});
	});

	test("the lines of the domain and one more for a domain that is removed", () => {
		const { removed, added } = diff(sample.removeDomain("colon: x"));
		expect(removed).toEqual([
			"'colon: x':",
			"  meta:",
			"    public-key: A…",
			"    owners:",
			"      alice@example.com: A…",
		]);
		expect(added).toEqual([`- '${STAMP} deleted domain colon: x'`]);
	});

	test("two lines for an owner who is added, two for one who is removed", () => {
		expect(diff(sample.addOwner("dev", "bob@example.com", alice))).toEqual({
			removed: [],
			added: [
				"      bob@example.com: A…",
				`- ${STAMP} alice@example.com added owner bob@example.com to dev`,
			],
		});
		expect(diff(sample.removeOwner("prod", "bob@example.com"))).toEqual({
			removed: ["      bob@example.com: A…"],
			added: [`- ${STAMP} removed owner bob@example.com from prod`],
		});
	});

	test("two lines a domain for an owner of all that another owns", () => {
		const changed = sample.migrateOwner("bob@example.com", alice);
		const { removed, added } = diff(changed);
		expect(removed).toEqual([]);
		expect(added.filter((line) => line === "      bob@example.com: A…")).toHaveLength(5);
		expect(added.filter((line) => /^- .* added owner bob@example.com to /.test(line))).toHaveLength(
			5,
		);
		expect(added).toHaveLength(10);
		expect(changed.domainsOwnedBy("bob@example.com")).toEqual(
			sample.domainsOwnedBy("alice@example.com"),
		);
		expect(KeyFile.parse(changed.encode()).decryptDomain("dev", bob).get("db-password")).toBe(
			"dev",
		);
	});

	test("three lines for a custodian who is added", async () => {
		expect(diff(sample.addKeyCustodian(await newKey("carol@example.com")))).toEqual({
			removed: [],
			added: [
				"  carol@example.com:",
				"    pwdkm: A…",
				`- ${STAMP} created raw-key custodian carol@example.com`,
			],
		});
	});

	test("the lines of all that is sealed anew, and one more, for a rotated key", () => {
		const changed = sample.rotateDomainKey("prod", alice);
		const { removed, added } = diff(changed);
		// Four secrets, the public key and two owners.
		expect(removed).toHaveLength(7);
		expect(added).toEqual([...removed, `- ${STAMP} rotated key for domain prod`]);
		expect(written(changed, "prod")).toEqual(sample.decryptDomain("prod", alice));
		expect(KeyFile.parse(changed.encode()).decryptDomain("prod", bob)).toEqual(
			sample.decryptDomain("prod", alice),
		);
	});

	test.each(["setPassphrase", "rekeyCustodian"] as const)(
		"the lines of what one owns, and one or more for the log, for %s",
		async (operation) => {
			const key = await newKey(bob.name);
			const changed = sample[operation](bob, key);
			const { removed, added } = diff(changed);
			expect(removed).toEqual([
				"      bob@example.com: A…",
				"      bob@example.com: A…",
				"    pwdkm: A…",
			]);
			expect(added.slice(0, 3)).toEqual([...removed]);
			expect(added.slice(3).join(" ")).toStartWith(`- ${STAMP} `);
			const again = await changed.unlock(new Creds(bob.name, `P${"7".repeat(64)}P`));
			expect(changed.decryptDomain("prod", again)).toEqual(sample.decryptDomain("prod", bob));
		},
	);

	test("the lines truncated and one more for a truncated log", () => {
		const { removed, added } = diff(sample.truncateAuditLog(3));
		expect(removed[0]).toBe("- 2026-11-21T18:00:01Z -- created");
		expect(added).toEqual(["- truncated 21 audit log entries"]);
	});

	test("no more in a domain whose name takes a question mark", () => {
		expect(diff(sample.addSecret(LONG_DOMAIN, "p", "value")).removed).toEqual([]);
		expect(diff(sample.addSecret(LONG_DOMAIN, "p", "value")).added[0]).toBe("  secret-p: A…");
		// The first secret stands behind the colon.
		expect(diff(sample.addSecret(LONG_DOMAIN, "a", "value")).removed).toEqual([": secret-one: A…"]);
		expect(diff(sample.removeSecret(LONG_DOMAIN, "one")).removed).toEqual([
			": secret-one: A…",
			"  secret-three: A…",
		]);
		const [first, ...log] = diff(sample.removeSecret(LONG_DOMAIN, "one")).added;
		expect(first).toBe(": secret-three: A…");
		expect(log.join(" ")).toStartWith(`- ${STAMP} removed secret one from `);
	});
});

describe("a file that did not change", () => {
	test.each(readdirSync(VECTORS).filter((name) => name.endsWith(".yaml")))(
		"is written as it was read: %s",
		(name) => {
			const bytes = new Uint8Array(readFileSync(join(VECTORS, name)));
			expect(Buffer.compare(KeyFile.parse(bytes).encode(), bytes)).toBe(0);
		},
	);

	test("is the same value after a migration or truncation with nothing to do", () => {
		const migrated = sample.migrateOwner("bob@example.com", alice);
		expect(migrated.migrateOwner("bob@example.com", alice)).toBe(migrated);
		expect(sample.truncateAuditLog(1000)).toBe(sample);
	});
});

describe("what would be written is read again first", () => {
	/** A clock that stamps entries with half a character, which UTF-8 has no bytes for. */
	class BrokenClock extends Date {
		override toISOString(): string {
			return "\ud83d".repeat(24);
		}
	}

	test("and refused where it would say anything else, as a bug that loses nothing", () => {
		for (const file of [
			KeyFile.parse(sampleText, { now: () => new BrokenClock() }).removeSecret("prod", "z"),
			KeyFile.create({ now: () => new BrokenClock() }),
		]) {
			expect(() => file.encode()).toThrow(ProtectError);
			expect(() => file.encode()).toThrow(
				/would not say what it should; this is a bug in pprotect, nothing was written and nothing is lost$/,
			);
		}
	});
});

describe("a change is a new value", () => {
	test("and leaves the old one as it was", () => {
		const before = structuredClone(sample.data);
		sample.addSecret("prod", "new", "x").removeDomain("dev").addDomain("x", "bob@example.com");
		sample.rotateDomainKey("prod", alice);
		expect(sample.data).toEqual(before);
		expect(new TextDecoder().decode(sample.encode())).toBe(sampleText);
	});

	test("that carries several changes at once", () => {
		const changed = sample
			.addSecret("prod", "b", "1")
			.addSecret("prod", "c", "2")
			.removeSecret("prod", "b")
			.updateSecret("prod", "c", "3");
		expect(diff(changed).removed).toEqual([]);
		expect(diff(changed).added).toHaveLength(5);
		expect(written(changed, "prod").get("c")).toBe("3");
	});
});

describe("a secret that does not open names itself and its domain", () => {
	/** The sample with another box in the place of prod's secret `z`. */
	function withBox(box: (old: Buffer) => Uint8Array): KeyFile {
		const old = sample.data.domains.get("prod")?.secrets.get("z") ?? "";
		const bytes = box(Buffer.from(old, "base64"));
		return KeyFile.parse(sampleText.replace(old, Buffer.from(bytes).toString("base64")));
	}
	const foreign = Buffer.from(sample.data.domains.get("dev")?.secrets.get("e") ?? "", "base64");

	test.each<[string, (old: Buffer) => Uint8Array]>([
		["sealed to another key", () => foreign],
		["truncated", (old) => old.subarray(0, 49 + 3)],
		["truncated to nothing but overhead", (old) => old.subarray(0, 49)],
		["lengthened", (old) => Buffer.concat([old, Buffer.of(0)])],
		["changed in its last bit", (old) => old.with(-1, (old.at(-1) ?? 0) ^ 1)],
		["changed in its first key byte", (old) => old.with(1, (old[1] ?? 0) ^ 1)],
		["sealed to the zero point", (old) => Buffer.concat([Buffer.alloc(33), old.subarray(33)])],
	])("%s", async (_, box) => {
		const file = withBox(box);
		const words = /^secret z of domain prod does not open$/;
		expect(() => file.decryptDomain("prod", alice)).toThrow(DecryptionError);
		expect(() => file.decryptDomain("prod", alice)).toThrow(words);
		expect(() => file.decryptDomain("prod", alice, ["api-key", "z"])).toThrow(words);
		await expect(file.decryptDomainFast("prod", alice)).rejects.toThrow(DecryptionError);
		await expect(file.decryptDomainFast("prod", alice)).rejects.toThrow(words);
		expect((await file.decryptDomainFast("prod", alice, ["api-key"])).get("api-key")).toBe(
			"ünï 😀",
		);
		expect(() => file.rotateDomainKey("prod", alice)).toThrow(words);
		expect(file.decryptDomain("prod", alice, ["api-key"]).get("api-key")).toBe("ünï 😀");
	});

	test("nor does an owner's entry: it names both", async () => {
		const owners = sample.data.domains.get("prod")?.owners;
		const text = sampleText.replace(
			owners?.get("alice@example.com") ?? "",
			owners?.get("bob@example.com") ?? "",
		);
		const words = "the key of domain prod does not open for its owner alice@example.com";
		expect(() => KeyFile.parse(text).decryptDomain("prod", alice)).toThrow(words);
		await expect(KeyFile.parse(text).decryptDomainFast("prod", alice)).rejects.toThrow(words);
	});
});

test("the fast way to decrypt gives the same values in the same order, and the same errors", async () => {
	const fast = await sample.decryptDomainFast("prod", alice);
	expect([...fast]).toEqual([...sample.decryptDomain("prod", alice)]);
	expect(await sample.decryptDomainFast("prod", alice, [])).toEqual(new Map());
	await expect(sample.decryptDomainFast("dev", bob)).rejects.toThrow("is not an owner of dev");
	await expect(sample.decryptDomainFast("dev", alice, ["x"])).rejects.toThrow(NameError);
});

describe("names", () => {
	test("that are not there are told with those that are", () => {
		const unknown = (action: () => unknown, message: string, hint: string) => {
			expect(action).toThrow(NameError);
			expect(action).toThrow(message);
			try {
				action();
			} catch (error) {
				expect(error instanceof NameError && error.hint).toInclude(hint);
			}
		};
		unknown(() => sample.secretNames("x"), 'no domain named "x"', "known domains: 123, a domain");
		unknown(
			() => sample.removeSecret("dev", "x"),
			'no secret named "x" in domain dev',
			"known secrets: db-password, e",
		);
		unknown(() => sample.removeSecret("null", "x"), "no secret named", "there are no secrets yet");
		unknown(
			() => sample.removeOwner("prod", "x"),
			'no owner named "x" of prod',
			"alice@example.com, bob",
		);
		unknown(
			() => sample.addDomain("x", "y"),
			'no key custodian named "y"',
			"known key custodians: O'B",
		);
		unknown(
			() => sample.decryptDomain("dev", bob),
			"bob@example.com is not an owner of dev",
			"its owners are: alice@example.com",
		);
	});

	test("that are there already are refused", async () => {
		const key = await newKey(bob.name);
		expect(() => sample.addSecret("prod", "z", "")).toThrow("secret z already exists in prod");
		expect(() => sample.addDomain("prod", bob.name)).toThrow("domain prod already exists");
		expect(() => sample.addKeyCustodian(key)).toThrow(
			"key custodian bob@example.com already exists",
		);
	});

	test("are lists in the order of code points", () => {
		expect(sample.domainNames).toEqual([
			"123",
			LONG_DOMAIN,
			"colon: x",
			"dev",
			"it's 😀",
			"null",
			"prod",
		]);
		expect(sample.custodianNames).toEqual([OBRIEN, "alice@example.com", "bob@example.com"]);
		expect(sample.secretNames("prod")).toEqual(["Upper", "api-key", "db-password", "z"]);
		expect(sample.ownerNames("prod")).toEqual(["alice@example.com", "bob@example.com"]);
		expect([...sample.allSecretNames()].slice(0, 4)).toEqual([
			["Upper", ["prod"]],
			["api-key", ["prod"]],
			["db-password", ["dev", "prod"]],
			["e", ["dev"]],
		]);
	});

	test("of JavaScript's own making are names like others", () => {
		const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
		const file = names.reduce((all, name) => all.addDomain(name, alice.name), sample);
		const again = KeyFile.parse(file.encode());
		for (const name of names) expect(again.secretNames(name)).toEqual([]);
		const withSecrets = again
			.addSecret("__proto__", "constructor", "x")
			.addSecret("__proto__", "toString", "y");
		expect([...written(withSecrets, "__proto__")]).toEqual([
			["constructor", "x"],
			["toString", "y"],
		]);
	});
});

describe("owners", () => {
	test("the last one stays", () => {
		expect(() => sample.removeOwner("dev", alice.name)).toThrow("is the last owner of dev");
		expect(() => sample.removeKeyCustodian(alice.name)).toThrow("last owner");
	});

	test("only one hands on the key", () => {
		expect(() => sample.addOwner("dev", OBRIEN, bob)).toThrow(
			"bob@example.com is not an owner of dev",
		);
	});

	test("whose key was changed meanwhile have to unlock anew", async () => {
		const changed = sample.setPassphrase(bob, await newKey(bob.name));
		expect(() => changed.decryptDomain("prod", bob)).toThrow(
			"the key of bob@example.com was changed in protected.yaml meanwhile",
		);
	});
});

describe("credentials", () => {
	test.each([
		["a wrong passphrase", "bob@example.com", `P${"0".repeat(64)}P`],
		["a passphrase that is no raw key", "bob@example.com", "hunter2"],
		["another's passphrase", "bob@example.com", PASSPHRASES.get("alice@example.com") ?? ""],
		["a name that is not there", "x", "hunter2"],
	])("that are wrong are told alike: %s", async (_, name, passphrase) => {
		await expect(sample.unlock(new Creds(name, passphrase))).rejects.toThrow(
			/^invalid user email or passphrase$/,
		);
	});

	test("unlock and decrypt in one", async () => {
		const creds = new Creds(alice.name, PASSPHRASES.get(alice.name) ?? "");
		expect(await sample.decryptDomain("dev", creds)).toEqual(
			new Map([
				["db-password", "dev"],
				["e", ""],
			]),
		);
	});
});

describe("values", () => {
	test.each(["", " ", "\n", "a\r\nb\n", "\0", "ünï 😀", "\uFEFFx", "x".repeat(1_000_000)])(
		"come back as they went in: %.20j",
		(value) => {
			expect(written(sample.addSecret("dev", "v", value), "dev").get("v")).toBe(value);
		},
	);

	test("are Unicode", () => {
		expect(() => sample.addSecret("dev", "v", "\ud83d")).toThrow("must be Unicode text");
	});
});

test("a new file says that it was created, and reads as one", async () => {
	const file = KeyFile.create({ now: () => NOW }).addKeyCustodian(await newKey("a@x"));
	expect(new TextDecoder().decode(file.encode())).toMatch(
		/^key-custodians:\n {2}a@x:\n {4}pwdkm: A\S+\naudit-log:\n- 2026-11-21T20:00:00Z -- created\n- 2026-11-21T20:00:00Z -- created raw-key custodian a@x\n$/,
	);
	expect(readProtected(file.encode(), "f").data).toEqual(file.data);
});

test("an owner of all domains is added in one change", () => {
	const migrated = sample.migrateOwner(OBRIEN, alice);
	const missing = sample.domainNames.filter((domain) => domain !== "123");
	expect(migrated.auditLog.slice(sample.auditLog.length)).toEqual(
		missing.map((domain) => `${STAMP} alice@example.com added owner ${OBRIEN} to ${domain}`),
	);
	expect(migrated.domainsOwnedBy(OBRIEN)).toEqual(sample.domainNames);
});

describe("work grows in proportion to the domains", () => {
	/** Milliseconds of work of the quicker of two runs. */
	function cost(action: () => unknown): number {
		const costs = [1, 2].map(() => {
			const start = process.cpuUsage();
			action();
			const { user, system } = process.cpuUsage(start);
			return (user + system) / 1000;
		});
		return Math.min(...costs);
	}

	/** The sample with so many copies of its domain `dev` in the place of its domains. */
	function manyDomains(count: number): KeyFile {
		const body = sampleText.slice(sampleText.indexOf("\ndev:\n") + 5, sampleText.indexOf("\nit's"));
		const domains = Array.from({ length: count }, (_, index) => `d${index}:${body}\n`).join("");
		return KeyFile.parse(domains + sampleText.slice(sampleText.indexOf("key-custodians:")));
	}

	test.each<[string, (file: KeyFile) => unknown]>([
		["listing all secrets", (file) => file.allSecretNames()],
		["adding a secret", (file) => file.addSecret("d1", "new", "x").encode()],
		["removing a custodian", (file) => file.removeKeyCustodian("bob@example.com").encode()],
	])(
		"for %s",
		(_, action) => {
			const [small, large] = [manyDomains(200), manyDomains(1600)];
			expect(cost(() => action(large))).toBeLessThan(cost(() => action(small)) * 8 * 2.5 + 200);
		},
		30_000,
	);
});
