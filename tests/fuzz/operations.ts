/** Every change that there is, as one step of a random walk. */
import { ProtectError } from "../../src/errors.ts";
import { Creds } from "../../src/model/creds.ts";
import { type CustodianKey, createCustodianKey } from "../../src/model/key-custodian.ts";
import type { KeyFile } from "../../src/model/key-file.ts";
import type { Random } from "./random.ts";
import { PASSPHRASES, unlocked } from "./sample.ts";

export interface Operation {
	readonly name: string;
	/** @throws ProtectError where the file has nothing that it applies to. */
	readonly apply: (file: KeyFile, random: Random) => KeyFile;
}

const SECRET_NAMES = ["a", "A", "db-password2", "m", "zz", "z_", "secret-", "meta"];

const DOMAIN_NAMES = [
	"a",
	"mm",
	"zz",
	"~",
	"1e3",
	"yes",
	"- x",
	"? y",
	"a: b",
	"#",
	"'",
	'"',
	"\\",
	"it's: \"",
	"😀",
	"\uFF5E",
	"\u2028",
	"{}",
	"[x",
	"key-custodiant",
	"======= x",
	`${"long ".repeat(25)}x`,
];

const CUSTODIAN_NAMES = ["0", "carol@example.com", "zed <z@example.com>", "- : #", "\u{10FFFF}"];

const newKeys = new Map<string, CustodianKey>();
for (const name of [...CUSTODIAN_NAMES, ...PASSPHRASES.keys()]) {
	const creds = new Creds(name, `P${"5".repeat(64)}P`);
	newKeys.set(name, await createCustodianKey(creds, { kdf: "raw" }));
}

function keyFor(name: string): CustodianKey {
	const key = newKeys.get(name);
	if (key === undefined) throw new TypeError(`no key for ${name}`);
	return key;
}

/** @throws ProtectError where there is none. */
function some(names: readonly string[], random: Random): string {
	if (names.length === 0) throw new ProtectError("nothing to choose from");
	return random.pick(names);
}

function actor(random: Random) {
	return random.pick([...unlocked.values()]);
}

export const OPERATIONS: readonly Operation[] = [
	{
		name: "addSecret",
		apply: (file, random) =>
			file.addSecret(some(file.domainNames, random), random.pick(SECRET_NAMES), "a value"),
	},
	{
		name: "updateSecret",
		apply: (file, random) => {
			const domain = some(file.domainNames, random);
			return file.updateSecret(domain, some(file.secretNames(domain), random), "another value");
		},
	},
	{
		name: "setSecret",
		apply: (file, random) => {
			const domain = some(file.domainNames, random);
			const names = [...file.secretNames(domain), ...SECRET_NAMES];
			return file.setSecret(domain, some(names, random), "set");
		},
	},
	{
		name: "removeSecret",
		apply: (file, random) => {
			const domain = some(file.domainNames, random);
			return file.removeSecret(domain, some(file.secretNames(domain), random));
		},
	},
	{
		name: "addDomain",
		apply: (file, random) =>
			file.addDomain(random.pick(DOMAIN_NAMES), some(file.custodianNames, random)),
	},
	{
		name: "removeDomain",
		apply: (file, random) => file.removeDomain(some(file.domainNames, random)),
	},
	{
		name: "addKeyCustodian",
		apply: (file, random) => file.addKeyCustodian(keyFor(random.pick(CUSTODIAN_NAMES))),
	},
	{
		name: "removeKeyCustodian",
		apply: (file, random) => file.removeKeyCustodian(some(file.custodianNames, random)),
	},
	{
		name: "addOwner",
		apply: (file, random) => {
			const domain = some(file.domainNames, random);
			return file.addOwner(domain, some(file.custodianNames, random), actor(random));
		},
	},
	{
		name: "removeOwner",
		apply: (file, random) => {
			const domain = some(file.domainNames, random);
			return file.removeOwner(domain, some(file.ownerNames(domain), random));
		},
	},
	{
		name: "migrateOwner",
		apply: (file, random) => file.migrateOwner(some(file.custodianNames, random), actor(random)),
	},
	{
		name: "rotateDomainKey",
		apply: (file, random) => file.rotateDomainKey(some(file.domainNames, random), actor(random)),
	},
	{
		name: "setPassphrase",
		apply: (file, random) => {
			const acting = actor(random);
			return file.setPassphrase(acting, keyFor(acting.name));
		},
	},
	{
		name: "rekeyCustodian",
		apply: (file, random) => {
			const acting = actor(random);
			return file.rekeyCustodian(acting, keyFor(acting.name));
		},
	},
	{ name: "truncateAuditLog", apply: (file, random) => file.truncateAuditLog(random.below(5)) },
];
