/**
 * Edits of somebody who can push and knows no passphrase. Whoever reviews is told of each without
 * credentials, by `check --base` or by `diff`, and no hint beside it seals anything.
 */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPair } from "../../src/crypto/x25519.ts";
import type { DomainData, FileData } from "../../src/format/data.ts";
import { decodePwdkm, encodePwdkm } from "../../src/format/pwdkm.ts";
import {
	garbageBox,
	rewritten,
	swapCustodianKey,
	swapPublicKey,
	takeOver,
	withDomain,
} from "../support/attacks.ts";
import { ENVIRONMENT, Repository } from "../support/git-repository.ts";
import { PPROTECT, type RunOptions } from "../support/pprotect.ts";
import { createTeam, readProtectedText, type Team } from "../support/team.ts";

setDefaultTimeout(60_000);

const ALICE = "alice@example.com";
const BOB = "bob@example.com";
const evil = generateKeyPair();

let team: Team;
/** Alice and bob own prod and dev, each of which has the secrets banner and password. */
let old: string;
/** The same after a rotation of prod's key. */
let start: string;

beforeAll(async () => {
	team = await createTeam();
	const repository = await Repository.create(readProtectedText(team.cwd));
	for (const domain of ["prod", "dev"]) {
		await repository.pprotect(["add-owner", domain, BOB], { env: team.alice.env });
		for (const name of ["banner", "password"]) {
			await repository.secret("add-secret", domain, name, `${domain} ${name}`);
		}
	}
	old = repository.read();
	await repository.pprotect(["rotate-domain-keys", "prod"], { env: team.alice.env });
	start = repository.read();
});

/** On the branch `feature`, two commits after the first. */
async function branch(): Promise<Repository> {
	const repository = await Repository.create(old);
	repository.write(start);
	repository.commit("rotated");
	repository.git("switch", "--quiet", "--create", "feature");
	return repository;
}

interface Found {
	readonly code: string;
	readonly level: string;
	readonly todo: string;
}

/** What `check` says, as long as it can say something. */
async function check(repository: Repository, ...args: string[]): Promise<Found[]> {
	return JSON.parse(await say(repository, ["check", "--json", ...args]));
}

async function say(
	repository: Repository,
	args: readonly string[],
	options: Partial<RunOptions> = {},
): Promise<string> {
	const child = Bun.spawn([PPROTECT, ...args], {
		cwd: repository.cwd,
		env: { ...ENVIRONMENT, HOME: repository.cwd, ...options.env },
		stdout: "pipe",
		stderr: "pipe",
	});
	const [out, error] = await Promise.all([
		new Response(child.stdout).text(),
		new Response(child.stderr).text(),
	]);
	await child.exited;
	return out === "" ? error : out;
}

const domainOf = (data: FileData, name: string): DomainData => {
	const domain = data.domains.get(name);
	if (!domain) throw new Error(`no domain ${name}`);
	return domain;
};

/** Sends each of two names what the other has. */
function swapped<Value>(map: ReadonlyMap<string, Value>, one: string, other: string) {
	const [first, second] = [map.get(one), map.get(other)];
	if (first === undefined || second === undefined) throw new Error("nothing to swap");
	return new Map(map).set(one, second).set(other, first);
}

function logged(text: string, ...entries: string[]): string {
	const lines = entries.map((entry) => `2026-11-26T10:00:00Z -- ${entry}`);
	return rewritten(text, ({ auditLog }) => ({ auditLog: [...auditLog, ...lines] }));
}

/** Bob's entry with the stranger's key. */
function strangersKey({ custodians }: FileData): string {
	const pwdkm = decodePwdkm(custodians.get(BOB) ?? "");
	return encodePwdkm({ ...pwdkm, publicKey: evil.publicKey });
}

function withOwners(text: string, change: (owners: DomainData["owners"]) => DomainData["owners"]) {
	return withDomain(text, "prod", ({ owners }) => ({ owners: change(owners) }));
}

const oldBox = (pattern: RegExp) => pattern.exec(old)?.[1] ?? "";

type Edit = readonly [name: string, edit: () => string, code: string];

const EDITS: readonly Edit[] = [
	[
		"boxes swapped between domains",
		() =>
			rewritten(start, (data) => {
				const [prod, dev] = [domainOf(data, "prod"), domainOf(data, "dev")];
				const banner = (domain: DomainData) => domain.secrets.get("banner") ?? "";
				const put = (domain: DomainData, box: string) => ({
					...domain,
					secrets: new Map(domain.secrets).set("banner", box),
				});
				return {
					domains: new Map(data.domains)
						.set("prod", put(prod, banner(dev)))
						.set("dev", put(dev, banner(prod))),
				};
			}),
		"copied-box",
	],
	[
		"two domains that change places",
		() => rewritten(start, ({ domains }) => ({ domains: swapped(domains, "prod", "dev") })),
		"moved-key",
	],
	[
		"owners' entries swapped",
		() => withOwners(start, (owners) => swapped(owners, ALICE, BOB)),
		"copied-entry",
	],
	[
		"custodians who change places, with their entries",
		() =>
			rewritten(start, ({ custodians, domains }) => ({
				custodians: swapped(custodians, ALICE, BOB),
				domains: new Map(
					[...domains].map(([name, domain]) => [
						name,
						{ ...domain, owners: swapped(domain.owners, ALICE, BOB) },
					]),
				),
			})),
		"moved-key",
	],
	[
		"another public key, with a forged rotation and entries that open for nobody",
		() =>
			logged(
				withOwners(
					swapPublicKey(start, "prod", evil),
					(owners) => new Map([...owners.keys()].map((name) => [name, garbageBox(32)])),
				),
				"rotated key for domain prod",
			),
		"stale-secret",
	],
	[
		"another public key, with a forged rotation and every entry kept",
		() => logged(swapPublicKey(start, "prod", evil), "rotated key for domain prod"),
		"replaced-key",
	],
	[
		"an owner whose name looks like bob's",
		() =>
			rewritten(start, (data) => ({
				custodians: new Map(data.custodians).set("b\u043eb@example.com", strangersKey(data)),
			})),
		"look-alike",
	],
	[
		"a custodian whose name is bob's but for its case",
		() =>
			rewritten(start, (data) => ({
				custodians: new Map(data.custodians).set("Bob@example.com", strangersKey(data)),
			})),
		"look-alike",
	],
	[
		"a name in two forms of Unicode",
		() =>
			rewritten(start, (data) => ({
				custodians: new Map(data.custodians)
					.set("jos\u00e9@example.com", data.custodians.get(ALICE) ?? "")
					.set("jose\u0301@example.com", strangersKey(data)),
			})),
		"look-alike",
	],
	[
		"CRLF line ends",
		() => swapPublicKey(start, "prod", evil).replaceAll("\n", "\r\n"),
		"replaced-key",
	],
	["a byte-order mark", () => `\ufeff${swapPublicKey(start, "prod", evil)}`, "replaced-key"],
	[
		"a public key with a bit that X25519 ignores",
		() =>
			withDomain(start, "prod", ({ publicKey }) => {
				const bytes = Buffer.from(publicKey, "base64");
				bytes[32] = (bytes[32] ?? 0) | 0x80;
				return { publicKey: bytes.toString("base64") };
			}),
		"replaced-key",
	],
	[
		"another salt for the same public key",
		() =>
			rewritten(start, ({ custodians }) => {
				const key = decodePwdkm(custodians.get(BOB) ?? "");
				const pwdkm = encodePwdkm({ ...key, salt: new Uint8Array(key.salt.length) });
				return { custodians: new Map(custodians).set(BOB, pwdkm) };
			}),
		"replaced-key",
	],
	["a custodian with another name", () => start.replaceAll(BOB, "b0b@example.com"), "moved-key"],
	[
		"the audit log backwards",
		() => rewritten(start, ({ auditLog }) => ({ auditLog: auditLog.toReversed() })),
		"log-rewritten",
	],
	[
		"bob's key is another custodian's, with a forged entry",
		() =>
			logged(
				rewritten(start, (data) => ({
					custodians: new Map(data.custodians)
						.set(BOB, strangersKey(data))
						.set("mallory@example.com", strangersKey(data)),
					domains: new Map(
						[...data.domains].map(([name, domain]) => [
							name,
							{ ...domain, owners: new Map(domain.owners).set(BOB, garbageBox(32)) },
						]),
					),
				})),
				`rekeyed custodian for ${BOB} (updated domains -> dev, prod)`,
			),
		"same-key",
	],
	["everything as it was once", () => old, "older-key"],
	[
		"an owner's entry from before the rotation",
		() =>
			withOwners(start, (owners) =>
				new Map(owners).set(BOB, oldBox(/^prod:[\s\S]*?bob@example\.com: (\S+)/m)),
			),
		"stale-owner",
	],
	[
		"a value from before the rotation",
		() =>
			withDomain(start, "prod", ({ secrets }) => ({
				secrets: new Map(secrets).set("banner", oldBox(/^prod:\n {2}secret-banner: (\S+)/m)),
			})),
		"stale-secret",
	],
	[
		"the entry of one domain in another",
		() =>
			withOwners(start, (owners) =>
				new Map(owners).set(BOB, oldBox(/^dev:[\s\S]*?bob@example\.com: (\S+)/m)),
			),
		"copied-entry",
	],
	[
		"the public key of one domain in another",
		() =>
			rewritten(start, (data) => {
				const { publicKey } = domainOf(data, "prod");
				return {
					domains: new Map(data.domains).set("dev", { ...domainOf(data, "dev"), publicKey }),
				};
			}),
		"replaced-key",
	],
	[
		"a domain with a name that looks like its own",
		() => start.replace(/^prod:/m, "pr\u043ed:"),
		"moved-key",
	],
	["a name twice", () => start.replace(/^( {2}secret-banner: )\S+\n/m, "$&$1AAAA\n"), "unreadable"],
	["an anchor", () => start.replace("public-key: ", "public-key: &a "), "unreadable"],
	[
		"an owner removed without a word in the log",
		() => withOwners(start, (owners) => new Map([...owners].filter(([name]) => name !== BOB))),
		"former-owner",
	],
];

describe("a branch is told of by check --base", () => {
	test.each(EDITS)("%s", async (_, edit, code) => {
		const repository = await branch();
		repository.write(edit());
		repository.commit("edited");
		const found = await check(repository, "--base", "main");
		const own = found.filter((finding) => finding.code === code);
		expect(own, JSON.stringify(found)).not.toEqual([]);
		// Whatever asks for a new value or a new key asks a person first.
		for (const { todo } of found) {
			if (/pprotect (?:update|rotate)/.test(todo)) expect(todo).toMatch(/^(?:ask|see that)/);
		}
		if (["replaced-key", "moved-key"].includes(code)) {
			for (const { todo } of found) expect(todo).not.toContain("pprotect rotate");
		}
	});

	test("what only diff says: a domain under another name, with other keys and values", async () => {
		const repository = await branch();
		repository.write(takeOver(start, "prod", { banner: "x" }).replace(/^prod:/m, "prod2:"));
		repository.commit("renamed");
		const changes = await say(repository, ["diff", "main...feature", "--"]);
		expect(changes).toContain("- domain prod");
		expect(changes).toContain("+ domain prod2");
	});

	test("a takeover in which a value was typed in: nobody is told to set it anew just so", async () => {
		const repository = await branch();
		const taken = takeOver(start, "prod", { banner: "x", password: "y" });
		repository.write(taken.replace(/(prod:[\s\S]*secret-password:) \S+/, "$1 plaintext"));
		repository.commit("taken over");
		for (const args of [[], ["--base", "main"]]) {
			const found = await check(repository, ...args);
			const [typed] = found.filter(({ code }) => code === "not-sealed");
			expect(typed?.todo).toStartWith("ask an owner whether the key of prod is theirs;");
		}
	});
});

describe("by way of git", () => {
	test("a merge of two that puts in what neither has, commits ago; a merge of three", async () => {
		for (const others of [["a"], ["a", "b"]]) {
			const repository = await branch();
			for (const name of others) {
				repository.git("switch", "--quiet", "--create", name, "main");
				repository.writeOther(name, "x");
				repository.commit(name);
			}
			repository.git("switch", "--quiet", "feature");
			repository.writeOther("own", "x");
			repository.commit("own");
			repository.git("merge", "--quiet", "--no-commit", ...others);
			repository.write(swapPublicKey(start, "prod", evil));
			repository.commit("merged");
			repository.writeOther("own", "y");
			repository.commit("later");
			for (const args of [[], ["--base", "main"]]) {
				const found = await check(repository, ...args);
				expect(found.map(({ code }) => code)).toEqual(["replaced-key"]);
			}
		}
	});

	test("a tag with the name of the base, local or remote", async () => {
		const repository = await branch();
		repository.write(takeOver(start, "prod", { banner: "x" }));
		repository.commit("taken over");
		const main = repository.git("rev-parse", "main").trim();
		repository.git("update-ref", "refs/remotes/origin/main", main);
		for (const name of ["main", "origin/main"]) {
			repository.git("update-ref", `refs/tags/${name}`, "HEAD");
			for (const args of [
				["check", "--base", name],
				["diff", `${name}...feature`, "--"],
				["diff", `${name}~0`, "feature"],
				["diff", "--staged", name],
			]) {
				expect(await say(repository, args)).toContain("names more than one revision in Git");
			}
		}
		const full = await say(repository, ["diff", "refs/remotes/origin/main...feature", "--"]);
		expect(full).toContain("key of prod rotated");
		const short = main.slice(0, 10);
		expect(await say(repository, ["diff", `${short}...feature`, "--"])).toContain("rotated");
		repository.git("update-ref", `refs/tags/${short}`, "HEAD");
		const both = await say(repository, ["diff", `${short}...feature`, "--"]);
		expect(both).toContain("names more than one revision in Git");
		expect(await say(repository, ["diff", `${main}...feature`, "--"])).toContain("rotated");
	});

	test("an object that stands for another", async () => {
		const repository = await branch();
		repository.write(swapPublicKey(start, "prod", evil));
		repository.commit("swapped");
		repository.git("replace", "--force", "main:protected.yaml", "feature:protected.yaml");
		const found = await check(repository, "--base", "main");
		expect(found.map(({ code }) => code)).toEqual(["replaced-key"]);
		expect(await say(repository, ["diff", "main...feature", "--"])).toContain("! key of prod");
	});

	test("a merge driver that a branch turns off, or gives to another", async () => {
		for (const attributes of ["", "protected.yaml merge=union\n", "protected.yaml -merge\n"]) {
			const repository = await branch();
			repository.git("switch", "--quiet", "main");
			await repository.pprotect(["git-setup"], { notices: /.*/ });
			repository.commit("set up");
			repository.git("switch", "--quiet", "feature");
			repository.git("reset", "--quiet", "--hard", "main");
			expect(await check(repository, "--base", "main")).toEqual([]);
			repository.writeOther(".gitattributes", attributes);
			repository.commit("attributes");
			const found = await check(repository, "--base", "main");
			expect(found.map(({ code }) => code)).toEqual(["not-merged"]);
		}
	});

	test("a file that takes the place of ours where case does not count", async () => {
		for (const name of ["Protected.yaml", "PROTECTED.YAML", "protecte\u200cd.yaml"]) {
			const repository = await branch();
			repository.writeOther(name, swapPublicKey(start, "prod", evil));
			repository.commit("another");
			const found = await check(repository, "--base", "main");
			expect(found).toEqual([expect.objectContaining({ code: "new-file", level: "problem" })]);
		}
	});

	test("a file behind a link, in a folder that was not there", async () => {
		const repository = await branch();
		mkdirSync(join(repository.cwd, "other"));
		renameSync(join(repository.cwd, "protected.yaml"), join(repository.cwd, "gone.yaml"));
		repository.at(repository.cwd, "other/protected.yaml").write(swapPublicKey(start, "prod", evil));
		symlinkSync("other/protected.yaml", join(repository.cwd, "protected.yaml"));
		repository.commit("linked");
		const found = await check(repository, "--base", "main");
		expect(found.map(({ code }) => code)).toContain("replaced-key");
	});

	test("a history that is too large to read is told of, and the base is compared", async () => {
		const repository = await branch();
		const swapped = swapPublicKey(start, "prod", evil);
		repository.write(swapped);
		repository.commit("swapped");
		for (const round of [1, 2, 3]) {
			repository.write(`# ${round}${"x".repeat(9 * 1024 * 1024)}\n${swapped}`);
			repository.commit(`large ${round}`);
		}
		repository.write(swapped);
		repository.commit("small again");
		const found = await check(repository, "--base", "main");
		expect(found.map(({ code }) => code).toSorted()).toEqual(["not-seen", "replaced-key"]);
		expect((await check(repository)).map(({ code }) => code)).toContain("not-seen");
	});

	test("a file that git no longer tracks, or that is gone", async () => {
		const repository = await branch();
		repository.writeOther(".gitignore", "protected.yaml\n");
		repository.git("rm", "--quiet", "--cached", "protected.yaml");
		repository.commit("untracked");
		repository.write(swapCustodianKey(start, BOB, evil));
		const found = await check(repository, "--base", "main");
		expect(found.map(({ code }) => code)).toContain("replaced-key");
		rmSync(join(repository.cwd, "protected.yaml"));
		expect(await say(repository, ["check", "--base", "main"])).toContain("not found");
		const changes = await say(repository, ["diff", "main...feature", "--"]);
		expect(changes).toContain("- domain prod");
	});

	test("a folder that looks like a repository runs none of its programs", async () => {
		const repository = await branch();
		const trace = join(repository.cwd, "trace");
		const folder = repository.at(join(repository.cwd, "conf"));
		folder.write(start);
		for (const [name, text] of [
			["HEAD", "ref: refs/heads/main\n"],
			["objects/x", ""],
			["refs/x", ""],
			[
				"config",
				`[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = ..\n\tfsmonitor = "touch ${trace}; false"\n\tpager = touch ${trace}\n[diff]\n\texternal = touch ${trace}\n`,
			],
		] as const) {
			folder.writeOther(name, text);
		}
		for (const args of [
			["check"],
			["check", "--staged"],
			["check", "--all"],
			["diff"],
			["status"],
		]) {
			await say(folder, args);
			expect(existsSync(trace)).toBe(false);
		}
		expect(readFileSync(join(folder.cwd, "protected.yaml"), "utf8")).toBe(start);
	});
});
