import { beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import {
	Creds,
	type CustodianKey,
	generateRawPassphrase,
	isRawPassphrase,
	KeyFile,
	ProtectError,
	type UnlockedCustodian,
} from "../../../src/index.ts";
import { scratchFolder } from "../../support/fault.ts";

let file: KeyFile;
let alice: UnlockedCustodian;
let bobsKey: CustodianKey;
let alicesPassphrase: string;

const newKey = async (of: KeyFile, name: string, passphrase = generateRawPassphrase()) =>
	of.createCustodianKey(new Creds(name, passphrase), { type: "raw" });

beforeAll(async () => {
	const empty = KeyFile.create();
	alicesPassphrase = generateRawPassphrase();
	const withAlice = empty.addKeyCustodian(await newKey(empty, "alice", alicesPassphrase));
	bobsKey = await newKey(empty, "bob");
	file = withAlice
		.addDomain("prod", "alice")
		.addDomain("dev", "alice")
		.addSecret("prod", "token", "hunter2");
	alice = await file.unlock(new Creds("alice", alicesPassphrase));
});

/** What plain JavaScript may pass where the types allow something else. */
// biome-ignore lint/suspicious/noExplicitAny: the point of these tests.
const wrong = (value: unknown): any => value;

describe("a file that is made with the library", () => {
	test("is written where there is none, and read again", async () => {
		using folder = scratchFolder();
		const url = pathToFileURL(join(folder.path, "protected.yaml"));
		await KeyFile.writeNew(url, file);
		await expect(KeyFile.writeNew(url, file)).rejects.toThrow("Protected file already exists");
		const read = KeyFile.fromFile(url);
		expect(read.decryptDomain("prod", alice)).toEqual(new Map([["token", "hunter2"]]));
		await KeyFile.update(url, (current) => current.setSecret("prod", "token", "n3wer"));
		expect(KeyFile.fromFile(url).decryptDomain("prod", alice).get("token")).toBe("n3wer");
	});

	test("gets custodians, owners and new keys", async () => {
		const bob = await file.addKeyCustodian(bobsKey);
		expect(bob.migrateOwner("bob", alice, ["dev"]).domainsOwnedBy("bob")).toEqual(["dev"]);
		expect(bob.migrateOwner("bob", alice).domainsOwnedBy("bob")).toEqual(["prod", "dev"]);
		expect(() => bob.migrateOwner("bob", alice, ["absent"])).toThrow('no domain named "absent"');
		const passphrase = generateRawPassphrase();
		const changed = file.rekeyCustodian(alice, await newKey(file, "alice", passphrase));
		await expect(changed.unlock(new Creds("alice", alicesPassphrase))).rejects.toThrow("invalid");
		const values = await changed.decryptDomain("prod", new Creds("alice", passphrase), ["token"]);
		expect(values.get("token")).toBe("hunter2");
	});

	test("never gets a key that was made for another name", () => {
		expect(() => file.setPassphrase(alice, bobsKey)).toThrow("the new key was made for bob");
	});

	test("copies a secret with its value", () => {
		const copied = file.addSecret("prod", "empty", "").copySecret("token", "prod", "dev", alice);
		expect(copied.decryptDomain("dev", alice).get("token")).toBe("hunter2");
	});
});

describe("keys", () => {
	test("show in no printing, serialising or inspecting", () => {
		const key = Buffer.from(alicesPassphrase.slice(1, -1), "hex");
		for (const handle of [alice, bobsKey, file]) {
			const shown = [
				JSON.stringify(handle),
				inspect(handle, { showHidden: true, getters: true, depth: 9 }),
				JSON.stringify(Reflect.ownKeys(handle)),
			].join("\n");
			expect(shown).not.toMatch(/[Kk]eyPair|privateKey|pwdkm|hunter2/);
			expect(shown).not.toContain(key.toString("hex"));
		}
		expect(Reflect.ownKeys(alice)).toEqual(["name"]);
	});

	test("that are raw are told from others", () => {
		expect(isRawPassphrase(generateRawPassphrase())).toBe(true);
		for (const other of ["guess", "", undefined, 1]) expect(isRawPassphrase(other)).toBe(false);
	});
});

describe("what a file hands out", () => {
	test("can be changed without changing the file", () => {
		const before = file.encode();
		file.domainNames.push("other");
		wrong(file.auditLog).push("other");
		file.allSecretNames().clear();
		file.decryptDomain("prod", alice).set("token", "other");
		file.encode().fill(0);
		expect(() => {
			wrong(file).path = "other";
		}).toThrow(TypeError);
		expect(() => {
			wrong(KeyFile).fromFile = () => undefined;
		}).toThrow(TypeError);
		expect(file.encode()).toEqual(before);
		expect(file.domainNames).toEqual(["dev", "prod"]);
		expect(file.decryptDomain("prod", alice).get("token")).toBe("hunter2");
	});

	test("does not depend on the array that it was read from", () => {
		const bytes = file.encode();
		const parsed = KeyFile.parse(bytes);
		bytes.fill(0);
		expect(parsed.encode()).toEqual(file.encode());
	});

	test("is what is documented, and nothing else", () => {
		const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(file)).sort();
		expect(methods.filter((name) => name !== "constructor")).toEqual(
			[
				...["addDomain", "addKeyCustodian", "addOwner", "addSecret", "allSecretNames", "auditLog"],
				...["copySecret", "createCustodianKey", "custodianNames", "decryptDomain", "domainNames"],
				...["domainsOwnedBy", "encode", "migrateOwner", "ownerNames", "rekeyCustodian"],
				...["removeDomain", "removeKeyCustodian", "removeOwner", "removeSecret", "rotateDomainKey"],
				...["secretNames", "setPassphrase", "setSecret", "truncateAuditLog", "unlock"],
				"updateSecret",
			].sort(),
		);
	});
});

describe("a wrong argument gets a sentence", () => {
	test.each<[string, () => unknown, string]>([
		[
			"a plain object for a Creds",
			() => file.decryptDomain("prod", wrong({ name: "alice", passphrase: "hunter2" })),
			"the custodian must be a Creds, or what unlock returned, and is a plain object",
		],
		[
			"a missing await on unlock",
			() => file.decryptDomain("prod", wrong(file.unlock(new Creds("alice", alicesPassphrase)))),
			"the custodian must be a Creds, or what unlock returned, and is a promise: await is missing",
		],
		[
			"a number for a value",
			() => file.addSecret("prod", "n", wrong(123)),
			"the secret's value must be a string, and is a number",
		],
		[
			"no value",
			() => file.addSecret("prod", "n", wrong(undefined)),
			"the secret's value must be a string, and is undefined",
		],
		[
			"a number for a domain",
			() => file.secretNames(wrong(1)),
			"the domain must be a string, and is a number",
		],
		[
			"a string for a list of names",
			() => file.decryptDomain("prod", alice, wrong("token")),
			"the names of secrets must be an array of names, and is a string",
		],
		[
			"a made-up key",
			() => file.addKeyCustodian(wrong({ name: "eve" })),
			"the key must be what createCustodianKey returned, and is a plain object",
		],
		[
			"a web address for a path",
			() => KeyFile.fromFile(new URL("https://example.com/x")),
			"the file must be a file: URL, and is a https: URL",
		],
		[
			"a number for a path",
			() => KeyFile.fromFile(wrong(1)),
			"the file must be a path or a file: URL, and is a number",
		],
		[
			"a number for contents",
			() => KeyFile.parse(wrong(1)),
			"the contents must be text or a Uint8Array, and is a number",
		],
		[
			"no passphrase",
			() => new Creds("alice", wrong(undefined)),
			"the passphrase must be a string, and is undefined",
		],
		[
			"an unknown key type",
			() => file.createCustodianKey(new Creds("x", "y"), { type: wrong("weak") }),
			'type must be "hard", "fast" or "raw", and is a string',
		],
	])("%s", async (_, action, message) => {
		const error = await Promise.try(action).catch((reason: unknown) => reason);
		expect(error).toEqual(new TypeError(message));
		expect(String(error)).not.toContain("hunter2");
	});

	test("a change that returns nothing", async () => {
		using folder = scratchFolder();
		const path = join(folder.path, "protected.yaml");
		writeFileSync(path, file.encode());
		const change = wrong((current: KeyFile) => void current.setSecret("prod", "token", "other"));
		await expect(KeyFile.update(path, change)).rejects.toThrow(
			"the outcome of the change must be a KeyFile, and is undefined",
		);
	});
});

describe("hints speak of calls, not of commands", () => {
	test.each<[string, () => unknown]>([
		["a secret that is there", () => file.addSecret("prod", "token", "x")],
		[
			"a secret to copy that is there",
			() => file.addSecret("dev", "token", "x").copySecret("token", "prod", "dev", alice),
		],
		["the last owner", () => file.removeOwner("prod", "alice")],
		["the last owner, removed as a custodian", () => file.removeKeyCustodian("alice")],
		["an unknown domain", () => file.secretNames("absent")],
		["one who is not an owner", () => KeyFile.create().decryptDomain("prod", alice)],
		["a name that no secret has", () => file.addSecret("prod", "1", "x")],
		["a name that no domain has", () => file.addDomain("meta", "alice")],
		["a file that is not there", () => KeyFile.fromFile("/absent/protected.yaml")],
		["a folder that is not there", () => KeyFile.writeNew("/absent/protected.yaml", file)],
		["an empty file", () => KeyFile.parse("")],
		["a conflict", () => KeyFile.parse("<<<<<<< HEAD\n")],
		["a damaged value", () => damaged(/(secret-token: .{20})./).decryptDomain("prod", alice)],
		[
			"a damaged entry",
			() => damaged(/(\nprod:[\s\S]*?alice: .{40})./).decryptDomain("prod", alice),
		],
		[
			"a swapped key",
			() => damaged(/(\nprod:[\s\S]*?public-key: .{20})./).decryptDomain("prod", alice),
		],
		["wrong credentials", () => file.unlock(new Creds("alice", "guess"))],
		["no credentials", () => Creds.fromEnv({})],
	])("%s", async (_, action) => {
		const error = await Promise.try(action).catch((reason: unknown) => reason);
		if (!(error instanceof ProtectError)) throw error;
		expect(`${error.message}\n${error.hint}`).not.toMatch(
			/pprotect [a-z]|--[a-z]|the command again/,
		);
	});

	function damaged(place: RegExp): KeyFile {
		const text = new TextDecoder().decode(file.encode());
		const other = text.replace(
			place,
			(found, start: string) => start + (found.endsWith("A") ? "B" : "A"),
		);
		expect(other).not.toBe(text);
		return KeyFile.parse(other);
	}
});
