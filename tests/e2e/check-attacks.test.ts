/** Edits of somebody without credentials, and slips of those who have some, as `check` tells of them. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPair } from "../../src/crypto/x25519.ts";
import { rewritten, swapCustodianKey } from "../support/attacks.ts";
import { Repository } from "../support/git-repository.ts";
import { pprotect, type RunOptions, scratchFolder } from "../support/pprotect.ts";
import { addMember, createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(60_000);

let team: Team;
/** Alice and bob own prod and dev, each of which has the secrets banner and password. */
let start: string;
/** The same names with other keys and values, all by somebody else. */
let foreign: string;

async function makeFile(): Promise<{ team: Team; text: string }> {
	const made = await createTeam();
	const repository = await Repository.create(
		readFileSync(join(made.cwd, "protected.yaml"), "utf8"),
	);
	for (const domain of ["prod", "dev"]) {
		await repository.pprotect(["add-owner", domain, made.bob.user], { env: made.alice.env });
		for (const name of ["banner", "password"]) await repository.secret("add-secret", domain, name);
	}
	return { team: made, text: repository.read() };
}

beforeAll(async () => {
	({ team, text: start } = await makeFile());
	const cwd = scratchFolder();
	const mallory = await addMember(cwd, "init", team.alice.user);
	const other = await Repository.create(readFileSync(join(cwd, "protected.yaml"), "utf8"));
	for (const domain of ["prod", "dev"]) {
		await other.pprotect(["add-domain", domain], { env: mallory.env });
		for (const name of ["banner", "password"]) {
			await other.secret("add-secret", domain, name, "chosen by mallory");
		}
	}
	foreign = other.read();
});

interface Found {
	readonly code: string;
	readonly level: string;
	readonly what: string;
	readonly todo: string;
	readonly file: string;
}

async function check(
	repository: Repository,
	args: readonly string[] = [],
	options: Partial<RunOptions> = {},
): Promise<Found[]> {
	const { exitCode, ...rest } = { exitCode: 1, ...options };
	const run = { ...rest, exitCode, isFinding: exitCode === 1 };
	const { stdout } = await repository.pprotect(["check", "--json", ...args], run);
	return JSON.parse(stdout);
}

const codes = (found: readonly Found[]) => found.map(({ code }) => code);

/** The text after the first match of `pattern`, whose group it is. */
function capture(text: string, pattern: RegExp): string {
	return pattern.exec(text)?.[1] ?? "";
}

const PUBLIC_KEY = /public-key: (\S+)/;
const BANNER = /secret-banner: (\S+)/;
const PASSWORD = /secret-password: (\S+)/;
const PWDKM = /bob@example\.com:\n {4}pwdkm: (\S+)/;

describe("a key that somebody put in the place of another's", () => {
	const swap = (pattern: RegExp) =>
		start.replace(capture(start, pattern), capture(foreign, PUBLIC_KEY));
	const swapCustodian = () => {
		const old = capture(start, PWDKM);
		const key = capture(foreign, /alice@example\.com:\n {4}pwdkm: (\S+)/);
		return start.replace(old, key);
	};

	test.each([
		["a domain's", () => swap(PUBLIC_KEY)],
		["a custodian's", swapCustodian],
	])(
		"%s: told of before and after the commit, in a clone, and with a commit on top",
		async (_, edit) => {
			const repository = await Repository.create(start);
			repository.write(edit());
			const [before, ...others] = await check(repository);
			expect(before).toMatchObject({ code: "replaced-key", level: "problem" });
			expect(others).toEqual([]);
			repository.commit("swapped");
			repository.writeOther("readme", "x");
			repository.commit("on top");
			const cwd = join(scratchFolder(), "clone");
			repository.git("clone", "--quiet", repository.cwd, cwd);
			const found = await check(repository.at(cwd));
			expect(codes(found)).toEqual(["replaced-key"]);
			expect(found[0]?.todo).not.toContain("pprotect ");
		},
	);

	test.each([
		["without a word in the log", undefined],
		[
			"with a line in the log",
			"updated key custodian passphrase for carol@example.com (updated domains -> )",
		],
		["as somebody removed and created again", "created key custodian carol@example.com"],
	])("a custodian's who owns nothing, %s", async (_, entry) => {
		const repository = await Repository.create(start);
		const carol = "carol@example.com";
		const key = ["--key-type", "raw", "--save-passphrase", join(scratchFolder(), "carol.key")];
		await repository.pprotect(["add-key-custodian", "--user", carol, ...key]);
		repository.commit("carol");
		repository.git("switch", "--quiet", "--create", "feature");
		const line = entry && `2026-11-21T17:50:49Z -- ${entry}`;
		const swapped = swapCustodianKey(repository.read(), carol, generateKeyPair());
		repository.write(
			rewritten(swapped, ({ auditLog }) => ({ auditLog: line ? [...auditLog, line] : auditLog })),
		);
		repository.commit("swapped");
		for (const args of [[], ["--base", "main"]]) {
			const found = await check(repository, args, { exitCode: line ? 0 : 1 });
			const [first] = found.filter(({ what }) => what.includes(`custodian ${carol}`));
			expect(first).toMatchObject(
				line
					? { code: "changed-key", level: "warning" }
					: { code: "replaced-key", level: "problem" },
			);
			expect(first?.todo).not.toContain("pprotect ");
		}
		repository.git("switch", "--quiet", "main");
		await repository.secret("add-secret", "prod", "other");
		repository.commit("other");
		await repository.pprotect(["git-setup"], { notices: /.*/ });
		const shown = repository.git("diff", "main...feature", "--", "protected.yaml");
		expect(shown).toContain(`+key of custodian ${carol}`);
		const merge = repository.tryGit("merge", "feature");
		expect(merge.output.includes("replaced the key of custodian")).toBe(!line);
		repository.tryGit("merge", "--abort");
		repository.git("switch", "--quiet", "--discard-changes", "feature");
		const add = ["add-owner", "dev", carol];
		const { stderr } = await repository.pprotect(add, {
			env: team.alice.env,
			exitCode: line ? 0 : 1,
		});
		expect(stderr).toContain(line ? `${carol} (` : `--accept-key ${carol}`);
	});

	test("a custodian's that is put back to an older one, with the entries of then", async () => {
		const repository = await Repository.create(start);
		const file = join(scratchFolder(), "new.key");
		const key = ["--key-type", "raw", "--save-passphrase", file, "--non-interactive"];
		await repository.pprotect(["rekey-custodian", ...key], { env: team.bob.env });
		repository.commit("re-keyed");
		const [note] = (await check(repository, [], { exitCode: 0 })).filter(
			({ code }) => code === "changed-key",
		);
		expect(note).toMatchObject({ level: "note" });
		repository.write(start);
		repository.commit("put back");
		const found = await check(repository, [], { exitCode: 0 });
		expect(codes(found)).toEqual(expect.arrayContaining(["older-key", "log-rewritten"]));
	});

	test("is found where a second commit removes the trace, as what stood between the two", async () => {
		const repository = await Repository.create(start);
		const swapped = swap(PUBLIC_KEY);
		repository.write(swapped);
		repository.commit("swapped");
		const entry = capture(foreign, /owners:\n {6}alice@example\.com: (\S+)/);
		let index = 0;
		repository.write(
			swapped.replace(/^( {6}\S+: )\S+$/gm, (line, head) => (index++ < 2 ? head + entry : line)),
		);
		repository.commit("and the entries too");
		expect(codes(await check(repository))).toContain("replaced-key");
	});

	test("stops every advice to seal something to it", async () => {
		const repository = await Repository.create(start);
		await repository.pprotect(["rm-owner", "prod", team.bob.user]);
		repository.write(
			repository
				.read()
				.replaceAll(capture(start, PUBLIC_KEY), capture(foreign, PUBLIC_KEY))
				.replace(/secret-banner: .*/, "secret-banner: typed"),
		);
		const { stdout } = await repository.pprotect(["check"], { exitCode: 1, isFinding: true });
		expect(stdout).toStartWith("protected.yaml:");
		expect(stdout.split("\n")[0]).toContain("was replaced");
		expect(stdout).toContain("no sealed box");
		expect(stdout).not.toMatch(/pprotect (?:update|add|rotate|migrate)/);
	});

	test("a public key of low order, a domain's or a custodian's", async () => {
		const zero = Buffer.alloc(33).toString("base64");
		const domain = await Repository.create(start.replace(capture(start, PUBLIC_KEY), zero));
		expect(codes(await check(domain))).toEqual(["weak-public-key"]);
		const pwdkm = Buffer.from(capture(start, PWDKM), "base64");
		pwdkm.fill(0, pwdkm.length - 32).writeUInt8(1, pwdkm.length - 32);
		const text = start.replace(capture(start, PWDKM), pwdkm.toString("base64"));
		expect(codes(await check(await Repository.create(text)))).toEqual(["weak-public-key"]);
	});

	test("a whole domain taken over: an owner's --decrypt tells that the values are others", async () => {
		const repository = await Repository.create(start);
		const { alice, bob } = team;
		await repository.pprotect(["rotate-domain-keys", "prod"], { env: alice.env });
		const { env } = bob;
		expect(codes(await check(repository, ["--decrypt"], { env, exitCode: 0 }))).toEqual([]);
		await repository.secret("update-secret", "prod", "password", "hunter2-zebra");
		repository.commit("rotated, and more");
		for (const args of [["--decrypt"], ["--decrypt", "--base", "HEAD~1"]]) {
			const found = await check(repository, args, { env, exitCode: 0 });
			expect(codes(found)).toEqual(["value-differs"]);
			expect(found[0]?.what).toContain("password");
			expect(JSON.stringify(found)).not.toContain("zebra");
		}
		await check(repository, ["--decrypt", "--strict"], { env });
	});
});

describe("boxes that were moved", () => {
	test("copied over another secret, in one domain or from another", async () => {
		const copied = start.replace(capture(start, BANNER), capture(start, PASSWORD));
		const repository = await Repository.create(copied);
		expect(codes(await check(repository))).toEqual(["copied-box"]);
		const [, second = ""] = [...start.matchAll(/secret-banner: (\S+)/g)].map(([, box]) => box);
		const across = start.replace(capture(start, PASSWORD), second);
		expect(codes(await check(await Repository.create(across)))).toEqual(["copied-box"]);
	});

	test("an older box: of the secret itself, or of another one that has changed since", async () => {
		const repository = await Repository.create(start);
		await repository.secret("update-secret", "dev", "password", "two");
		repository.commit("changed");
		const changed = repository.read();
		const old = capture(start, PASSWORD);
		repository.write(changed.replace(capture(changed, PASSWORD), old));
		repository.commit("put back");
		expect(codes(await check(repository, [], { exitCode: 0 }))).toEqual(["older-value"]);
		repository.git("revert", "--no-edit", "HEAD");
		repository.write(changed.replace(capture(changed, BANNER), old));
		expect(codes(await check(repository))).toContain("copied-box");
		repository.commit("moved");
		expect(codes(await check(repository, ["--base", "HEAD~1"]))).toEqual(["copied-box"]);
		repository.git("reset", "--quiet", "--hard", "HEAD~1");
		const [line = ""] = /^ *secret-banner: .*\n/m.exec(changed) ?? [];
		repository.write(
			changed.replace(line, `${line}${line.replace(BANNER, `secret-extra: ${old}`)}`),
		);
		const found = await check(repository);
		const copy = found.find(({ code }) => code === "copied-box");
		expect(copy?.what).toContain("secret extra of dev");
		// No version has a line of it that could be restored.
		expect(copy?.todo).toContain("set it anew");
	});

	test("a key that is put back to an older one", async () => {
		const repository = await Repository.create(start);
		await repository.pprotect(["rotate-domain-keys", "dev"], { env: team.alice.env });
		repository.commit("rotated");
		repository.write(start);
		repository.commit("as it was");
		const found = await check(repository, ["--strict"]);
		expect(codes(found).sort()).toEqual(["log-rewritten", "older-key"]);
	});
});

describe("the log and the owners", () => {
	test("an emptied log, a log without one entry, and one that says that it was cut", async () => {
		const emptied = start.replace(/^audit-log:\n[\s\S]*/m, "audit-log: []\n");
		const shortened = start.replace(/^- .*added secret banner in dev\n/m, "");
		const repository = await Repository.create(start);
		for (const text of [emptied, shortened]) {
			repository.write(text);
			expect(codes(await check(repository, [], { exitCode: 0 }))).toEqual(["log-rewritten"]);
		}
		repository.commit("shortened");
		expect(codes(await check(repository, [], { exitCode: 0 }))).toEqual(["log-rewritten"]);
		await repository.pprotect(["truncate-audit-log", "--keep", "1"], { notices: /.*/ });
		expect(codes(await check(repository, ["--strict"]))).toContain("log-truncated");
	});

	test("an owner who came back against the log, and one who went and holds the key", async () => {
		const repository = await Repository.create(start);
		const { bob } = team;
		await repository.pprotect(["rm-owner", "prod", bob.user], { notices: /.*/ });
		const removed = repository.read();
		const former = (await check(repository, ["--strict"])).find(
			({ code }) => code === "former-owner",
		);
		expect(former?.what).toContain(bob.user);
		const entries = start.match(/^ {6}bob@example\.com: .*\n/gm) ?? [];
		repository.write(
			removed.replace(/^( {6}alice@example\.com: .*\n)(?=key-)/m, `$1${entries[1]}`),
		);
		expect(codes(await check(repository))).toEqual(["removed-in-log"]);
	});

	test("a former owner whom the log no longer names is known from git", async () => {
		const repository = await Repository.create(start);
		await repository.pprotect(["rm-owner", "prod", team.bob.user], { notices: /.*/ });
		repository.write(repository.read().replace(/^- .*removed owner.*\n/m, ""));
		expect(codes(await check(repository, [], { exitCode: 0 }))).toContain("former-owner");
	});

	test("one owner is a note for somebody alone, and a warning in a team", async () => {
		const cwd = scratchFolder();
		const { env } = await addMember(cwd, "init", "ann@example.com");
		const alone = await Repository.create(readFileSync(join(cwd, "protected.yaml"), "utf8"));
		await alone.pprotect(["add-domain", "dev"], { env });
		const found = await check(alone, ["--strict"], { exitCode: 0 });
		expect(found.map(({ code, level }) => [code, level])).toEqual([["one-owner", "note"]]);
	});
});

describe("names", () => {
	test.each([
		["a zero-width space", "alice\u200b@example.com"],
		["a soft hyphen", "al\u00adice@example.com"],
		["a right-to-left override", "alice@example.com\u202e"],
		["a tag", "alice@example.com\u{e0061}"],
		["a Cyrillic letter", "\u0430lice@example.com"],
		["a digit for a letter", "a1ice@example.com"],
	])("a custodian who looks like another, with %s", async (_, name) => {
		const entry = start.match(/^ {2}alice@example\.com:\n.*\n/m)?.[0] ?? "";
		const quoted = JSON.stringify(name).replace(/[^ -~]/gu, (character) => {
			const code = character.codePointAt(0) ?? 0;
			return code > 0xffff
				? `\\U${code.toString(16).padStart(8, "0")}`
				: `\\u${code.toString(16).padStart(4, "0")}`;
		});
		const repository = await Repository.create(
			start.replace(entry, `${entry}${entry.replace("alice@example.com", quoted)}`),
		);
		const found = await check(repository, [], { exitCode: 0 });
		expect(codes(found)).toContain("look-alike");
		expect(codes(found).includes("hidden-character")).toBe(/[^\p{L}\p{N}@.]/u.test(name));
		const { stdout } = await repository.pprotect(["check"]);
		expect(stdout).not.toMatch(/[\u00ad\u200b\u202e\u{e0061}]/u);
	});

	test("secrets that collide as variables, and ones that make programs run code", async () => {
		const repository = await Repository.create(start);
		await repository.secret("add-secret", "dev", "PASSWORD");
		expect(codes(await check(repository, [], { exitCode: 0 }))).toEqual(["same-variable"]);
		for (const name of ["LD_PRELOAD", "node-options"]) {
			await repository.pprotect(["add-secret", "dev", name, "--value-file", "-"], {
				input: "x",
				notices: /.*/s,
			});
		}
		const found = await check(repository);
		expect(codes(found).filter((code) => code === "runs-code")).toHaveLength(2);
		expect(found.find(({ what }) => what.includes("node-options"))?.what).toContain("NODE_OPTIONS");
	});
});

describe("what a merge lost", () => {
	/** A branch adds a secret while main rotates; the branch is then merged by the wrong side. */
	async function trap(): Promise<Repository> {
		const repository = await Repository.create(start);
		repository.git("switch", "--quiet", "--create", "feature");
		await repository.secret("add-secret", "dev", "extra");
		repository.commit("extra");
		repository.git("switch", "--quiet", "main");
		await repository.pprotect(["rotate-domain-keys", "dev"], { env: team.alice.env });
		repository.commit("rotated");
		return repository;
	}

	const bothSides = (text: string) => text.replace(/^(?:<<<<<<<|=======|>>>>>>>).*\n/gm, "");
	const ours = (text: string) =>
		text.replace(/^<<<<<<< .*\n([\s\S]*?)^=======\n[\s\S]*?^>>>>>>> .*\n/gm, "$1");

	test("a value sealed to the old key, before and after the merge is committed, and in a clone", async () => {
		const repository = await trap();
		repository.tryGit("merge", "feature");
		const extra = repository
			.git("show", "feature:protected.yaml")
			.match(/ {2}secret-extra.*\n/)?.[0];
		const main = repository.git("show", "main:protected.yaml");
		repository.write(main.replace(/^( {2}secret-password)/m, `${extra}$1`));
		expect(codes(await check(repository))).toContain("stale-secret");
		repository.commit("merged");
		const cwd = join(scratchFolder(), "clone");
		repository.git("clone", "--quiet", repository.cwd, cwd);
		expect(codes(await check(repository.at(cwd)))).toContain("stale-secret");
	});

	test("an addition that is gone, in the merge itself and under --base with commits on top", async () => {
		const repository = await trap();
		repository.tryGit("merge", "feature");
		repository.write(repository.git("show", "main:protected.yaml"));
		expect(codes(await check(repository))).toContain("lost-in-merge");
		repository.commit("merged");
		const found = await check(repository);
		expect(found.find(({ code }) => code === "lost-in-merge")?.what).toContain("extra of dev");
		await repository.secret("update-secret", "prod", "banner", "more");
		repository.commit("on top");
		expect(codes(await check(repository, ["--base", "HEAD~2"]))).toContain("lost-in-merge");
	});

	test("an owner who comes back in a merge", async () => {
		const repository = await Repository.create(start);
		repository.git("switch", "--quiet", "--create", "feature");
		await repository.secret("add-secret", "dev", "extra");
		repository.commit("extra");
		repository.git("switch", "--quiet", "main");
		await repository.pprotect(["rm-owner", "dev", team.bob.user], { notices: /.*/ });
		repository.commit("bob out");
		repository.tryGit("merge", "feature");
		repository.write(repository.git("show", "feature:protected.yaml"));
		repository.commit("merged");
		expect(codes(await check(repository))).toContain("revived");
	});

	test.each([
		["an owner who was removed", ["rm-owner", "dev", "bob@example.com"], "revived"],
		["a custodian who was removed", ["rm-key-custodian", "carol@example.com"], "revived"],
		["a key that was rotated", ["rotate-domain-keys", "dev"], "lost-in-merge"],
	])("%s comes back in a merge that takes one side whole, commits ago", async (_, change, code) => {
		const repository = await Repository.create(start);
		const key = ["--key-type", "raw", "--save-passphrase", join(scratchFolder(), "carol.key")];
		await repository.pprotect(["add-key-custodian", ...key, "--user", "carol@example.com"]);
		repository.commit("carol");
		repository.git("switch", "--quiet", "--create", "feature");
		await repository.secret("add-secret", "prod", "extra");
		repository.commit("extra");
		repository.git("switch", "--quiet", "main");
		await repository.pprotect(change, { env: team.alice.env, notices: /.*/ });
		repository.commit("changed");
		repository.git("switch", "--quiet", "feature");
		repository.git("merge", "--quiet", "--strategy=ours", "--message", "evil", "main");
		for (const secret of ["later", "last"]) {
			await repository.secret("add-secret", "prod", secret);
			repository.commit(secret);
		}
		expect(codes(await check(repository))).toContain(code);
		if (code === "revived") {
			// A new box for somebody who should be gone does not settle it.
			await repository.pprotect(["rotate-domain-keys", "dev"], { env: team.alice.env });
			repository.commit("rotated");
			expect(codes(await check(repository))).toContain(code);
			await repository.pprotect(change, { env: team.alice.env, notices: /.*/ });
		} else {
			await repository.pprotect(change, { env: team.alice.env, notices: /.*/ });
		}
		repository.commit("put right");
		expect(codes(await check(repository, [], { exitCode: 0 }))).not.toContain(code);
	});

	test.each([
		["a squash", ["merge", "--squash", "feature"]],
		["a cherry-pick", ["cherry-pick", "--no-commit", "feature"]],
		["a stash", ["stash", "pop"]],
	])("%s, which leaves nothing but the index's stages", async (_, command) => {
		const repository = await trap();
		if (command[0] === "stash") {
			await repository.secret("add-secret", "dev", "other");
			repository.git("stash", "--quiet");
			await repository.pprotect(["rotate-domain-keys", "dev"], { env: team.alice.env });
			repository.commit("rotated again");
		}
		repository.tryGit(...command);
		expect(repository.read()).toContain("<<<<<<<");
		const kept = bothSides(repository.read());
		const deduplicated = ours(repository.read());
		const line = kept.match(/ {2}secret-(?:extra|other).*\n/)?.[0] ?? "";
		const text = deduplicated.includes(line)
			? deduplicated
			: deduplicated.replace(/^( {2}secret-password)/m, `${line}$1`);
		repository.write(text);
		repository.git("add", "--all");
		expect(codes(await check(repository))).toEqual(["stale-secret"]);
		expect(codes(await check(repository, ["--staged"]))).toEqual(["stale-secret"]);
	});

	test("a shallow clone says what it could not see, and --base how to see it", async () => {
		const repository = await trap();
		const cwd = join(scratchFolder(), "clone");
		repository.git("clone", "--quiet", "--depth=1", `file://${repository.cwd}`, cwd);
		const clone = repository.at(cwd);
		const found = await check(clone, [], { exitCode: 0 });
		expect(codes(found)).toEqual(["not-seen"]);
		await check(clone, ["--strict"]);
		const { stderr } = await clone.pprotect(["check", "--base", "origin/feature"], { exitCode: 1 });
		expect(stderr).toContain("fetch-depth: 0");
	});
});

describe("what is staged", () => {
	test("is looked at whatever .gitattributes says, in every folder", async () => {
		const repository = await Repository.create(start);
		await repository.pprotect(["git-setup", "--hook"]);
		repository.commit("set up");
		repository.writeOther(".gitattributes", "protected.yaml -merge -diff binary\n");
		repository.writeOther("sub/protected.yaml", start.replace(BANNER, "secret-banner: typed"));
		repository.git("add", "--all");
		const { exitCode, output } = repository.tryGit("commit", "--message", "x");
		expect(exitCode).toBe(1);
		expect(output).toContain("sub/protected.yaml:");
		repository.git("rm", "--quiet", "--cached", "sub/protected.yaml");
		expect(repository.tryGit("commit", "--message", "x").output).toContain("nothing was checked");
	});

	test.each([
		["in a file of its own", "ci.key", (key: string) => Buffer.from(`${key}\n`)],
		[
			"in the middle of another",
			"deploy.sh",
			(key: string) => Buffer.from(`x\nexport K="${key}"\n`),
		],
		[
			"as PowerShell writes it",
			"key.txt",
			(key: string) => Buffer.from(`\ufeff${key}\r\n`, "utf16le"),
		],
	])("a raw key %s", async (_, name, bytes) => {
		const repository = await Repository.create(start);
		const key = team.bob.passphrase;
		writeFileSync(join(repository.cwd, name), bytes(key));
		repository.git("add", "--all");
		const found = await check(repository, ["--staged"]);
		expect(found).toMatchObject([{ code: "raw-key", file: name, level: "problem" }]);
		expect(JSON.stringify(found)).not.toContain(key.slice(0, 20));
	});
});

describe("a link that leads out of the work tree", () => {
	const SHADOW = "root:$6$salt$hash:19000:0:99999:7:::\n";

	test.each(["the file", "its folder", "git's own files"])("%s is not read", async (what) => {
		const repository = await Repository.create(start);
		const outside = scratchFolder();
		writeFileSync(join(outside, "protected.yaml"), SHADOW);
		let name = "protected.yaml";
		if (what === "its folder") {
			symlinkSync(outside, join(repository.cwd, "sub"));
			name = "sub/protected.yaml";
		} else {
			unlinkSync(join(repository.cwd, name));
			const target = what === "the file" ? join(outside, name) : ".git/config";
			symlinkSync(target, join(repository.cwd, name));
		}
		const { stdout } = await pprotect(["check", name], {
			cwd: repository.cwd,
			exitCode: 1,
			isFinding: true,
		});
		expect(stdout).toContain("leads out of the work tree");
		expect(stdout).not.toMatch(/root|repositoryformatversion/);
	});

	test("a link within the work tree is followed", async () => {
		const repository = await Repository.create(start);
		mkdirSync(join(repository.cwd, "sub"));
		symlinkSync("../protected.yaml", join(repository.cwd, "sub", "protected.yaml"));
		repository.git("add", "--all");
		const { stdout } = await repository.pprotect(["check"]);
		expect(stdout).toBe("");
	});
});

describe("several files", () => {
	test("by name, and all that git tracks; hints name the file", async () => {
		const repository = await Repository.create(start);
		const bad = start.replace(BANNER, "secret-banner: typed");
		for (const name of ["a/protected.yaml", "it's/protected.yaml"])
			repository.writeOther(name, bad);
		repository.commit("more");
		const options = { cwd: repository.cwd, exitCode: 1, isFinding: true };
		const { stdout } = await pprotect(["check", "--all"], options);
		const lines = stdout.trimEnd().split("\n");
		expect(lines.map((line) => line.split(":")[0])).toEqual([
			"a/protected.yaml",
			"it's/protected.yaml",
		]);
		const named = await pprotect(["check", "a/protected.yaml", "protected.yaml"], options);
		expect(named.stdout.trimEnd().split("\n")).toEqual([lines[0] ?? ""]);
		expect(lines[1]).toContain(`update-secret dev banner --file 'it'"'"'s/protected.yaml'`);
	});
});

test("a raw key saved in a work tree: says so unless git ignores it, and what to add", async () => {
	const repository = await Repository.create(start);
	const save = (user: string, path: string, notices?: RegExp) =>
		repository.pprotect(
			["add-key-custodian", "--user", user, "--key-type", "raw", "--save-passphrase", path],
			notices ? { notices } : {},
		);
	mkdirSync(join(repository.cwd, "sub"));
	await save(
		"ci@example.com",
		"sub/ci key",
		/does not ignore sub\/ci key[^\n]*\n[^\n]*sub: \/ci\\ key\n$/,
	);
	repository.writeOther("sub/.gitignore", "/ci\\ key\n");
	repository.git("check-ignore", "--quiet", "sub/ci key");
	repository.writeOther(".gitignore", "*.key\n");
	await save("app@example.com", "app.key");
	await save("web@example.com", join(scratchFolder(), "web.key"));
});
