/** Who leaves, who may still know what, and what the log keeps. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { asks, pprotect } from "../support/pprotect.ts";
import { auditTexts, ownersOf, readPlain, stateOf } from "../support/protected-file.ts";
import { addMember, createTeam, type Member, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

/** Cutting the log takes away what it told. */
const CUT = /^pprotect: warning: the audit log no longer tells who knew what before: [^\n]*\n$/;

interface Staff extends Team {
	/** An owner of `dev`. */
	readonly carol: Member;
}

/** alice owns prod and dev, bob owns both too, carol owns dev; each domain has a secret. */
async function staff(): Promise<Staff> {
	const team = await createTeam();
	const { cwd, alice, bob } = team;
	const carol = await addMember(cwd, "add-key-custodian", "carol@example.com");
	const add = (domain: string, { user }: Member) =>
		pprotect(["add-owner", domain, user], { cwd, env: alice.env });
	await add("prod", bob);
	await add("dev", bob);
	await add("dev", carol);
	for (const domain of ["prod", "dev"]) {
		await pprotect(["add-secret", domain, "token", "--value-file", "-"], { cwd, input: "t" });
	}
	return { ...team, carol };
}

const finding = { exitCode: 1, isFinding: true };
const BOB = "bob@example.com";

describe("offboard", () => {
	test("removes, rotates and says what to change, in one step", async () => {
		const { cwd, alice, bob } = await staff();
		const { stdout } = await pprotect(["offboard", BOB], { cwd, env: alice.env });
		expect(stdout).toBe(
			[
				"bob@example.com was removed from the key custodians",
				"dev: removed as owner, key rotated",
				"prod: removed as owner, key rotated",
				"values that bob@example.com may know, to be changed at their source:",
				"  dev: token",
				"  prod: token",
				"custodians with raw keys who own the same domains; if bob@example.com may have had such a key, give them a new one, see that everybody who owns the domains is to own them, and only then rotate:",
				"  carol@example.com: pprotect rekey-custodian --user carol@example.com; pprotect rotate-domain-keys dev",
				"",
			].join("\n"),
		);
		expect(auditTexts(cwd).slice(-3)).toEqual([
			"removed key custodian bob@example.com (was owner of dev, prod)",
			"rotated key for domain dev",
			"rotated key for domain prod",
		]);
		const file = readPlain(cwd);
		expect(ownersOf(file, "prod")).toEqual(["alice@example.com"]);
		expect([...file.custodians.keys()]).not.toContain(BOB);
		const { stdout: values } = await pprotect(["decrypt-domain", "dev"], { cwd, env: alice.env });
		expect(JSON.parse(values)).toEqual({ token: "t" });
		await pprotect(["decrypt-domain", "dev"], { cwd, env: bob.env, exitCode: 1 });
	});

	test("writes nothing with --dry-run, but says the same", async () => {
		const { cwd, alice } = await staff();
		const before = stateOf(cwd);
		const { stdout } = await pprotect(["offboard", BOB, "--dry-run"], { cwd, env: alice.env });
		expect(stdout).toContain("bob@example.com would be removed from the key custodians\n");
		expect(stdout).toContain("dev: would be removed as owner, key would be rotated\n");
		expect(stdout).toContain("  prod: token\n");
		expect(stateOf(cwd)).toEqual(before);
	});

	test("leaves to its owners a domain that the acting user does not own", async () => {
		const { cwd, alice, carol } = await staff();
		const first = await pprotect(["offboard", BOB], { cwd, env: carol.env, ...finding });
		expect(first.stdout).toBe(
			[
				"bob@example.com is still a key custodian, and an owner of what is left below",
				"dev: removed as owner, key rotated",
				"prod: left for one of alice@example.com, provided that all of them are to own it: pprotect offboard bob@example.com",
				"values that bob@example.com may know, to be changed at their source:",
				"  dev: token",
				"custodians with raw keys who own the same domains; if bob@example.com may have had such a key, give them a new one, see that everybody who owns the domains is to own them, and only then rotate:",
				"  alice@example.com: pprotect rekey-custodian --user alice@example.com; pprotect rotate-domain-keys dev; pprotect rotate-domain-keys prod",
				"",
			].join("\n"),
		);
		expect(ownersOf(readPlain(cwd), "prod")).toContain(BOB);
		const nothing = await pprotect(["offboard", BOB], { cwd, env: carol.env, exitCode: 1 });
		expect(nothing.stderr).toContain("prod (alice@example.com)");
		const second = await pprotect(["offboard", BOB], { cwd, env: alice.env });
		expect(second.stdout).toStartWith("bob@example.com was removed from the key custodians\n");
	});

	test("goes as far as it goes with --partial", async () => {
		const { cwd, carol } = await staff();
		const { stdout } = await pprotect(["offboard", BOB, "--partial"], { cwd, env: carol.env });
		expect(stdout).toContain(
			"prod: removed as owner, key not rotated; left for one of alice@example.com",
		);
		expect(ownersOf(readPlain(cwd), "prod")).toEqual(["alice@example.com"]);
		const exposed = await pprotect(["list-exposed"], { cwd });
		expect(exposed.stdout).toMatch(/^ {2}bob@example\.com, removed .*: holds the key of prod/m);
	});

	test("is refused for the last owner, for oneself and for a stranger", async () => {
		const { cwd, alice, carol } = await staff();
		await pprotect(["rm-owner", "prod", alice.user], { cwd });
		const before = stateOf(cwd);
		const last = await pprotect(["offboard", BOB, "--partial"], {
			cwd,
			env: carol.env,
			exitCode: 1,
		});
		expect(last.stderr).toContain("bob@example.com is the last owner of prod");
		expect(last.stderr).toContain(
			"pprotect add-owner --user bob@example.com prod carol@example.com",
		);
		const self = await pprotect(["offboard", carol.user], { cwd, env: carol.env, exitCode: 1 });
		expect(self.stderr).toContain("cannot offboard themselves");
		await pprotect(["offboard", "dora@example.com"], { cwd, env: carol.env, exitCode: 1 });
		expect(stateOf(cwd)).toEqual(before);
	});

	test("needs no credentials for one who owns nothing, and asks for the name", async () => {
		const { cwd } = await createTeam();
		const { stdout } = await pprotect(["offboard"], {
			cwd,
			input: `${BOB}\n`,
			notices: asks("Who is leaving? "),
		});
		expect(stdout).toBe("bob@example.com was removed from the key custodians\n");
	});

	test("writes nothing where --confirm is answered with no", async () => {
		const { cwd, alice } = await staff();
		const before = stateOf(cwd);
		await pprotect(["offboard", BOB, "--confirm"], {
			cwd,
			env: alice.env,
			input: "n\n",
			notices: /Aborting\n$/,
		});
		expect(stateOf(cwd)).toEqual(before);
	});
});

describe("list-exposed", () => {
	test("says who may know what, in words and as JSON", async () => {
		const { cwd, alice } = await staff();
		expect((await pprotect(["list-exposed"], { cwd, notices: /^No former owners/ })).stdout).toBe(
			"",
		);
		await pprotect(["list-exposed", "--exit-code", "--json"], { cwd });
		await pprotect(["rm-owner", "prod", BOB], { cwd });
		const held = await pprotect(["list-exposed", "--exit-code"], { cwd, ...finding });
		expect(held.stdout).toMatch(
			/^prod:\n {2}bob@example\.com, removed \S+Z: holds the key of prod, not rotated since, and so can read every present value and every one to come: token\n$/,
		);
		await pprotect(["rotate-domain-keys", "prod"], { cwd, env: alice.env });
		const { stdout } = await pprotect(["list-exposed", "--json"], { cwd });
		expect(JSON.parse(stdout)).toEqual([
			{
				domain: "prod",
				atLeast: false,
				formerOwners: [
					{
						name: BOB,
						removed: expect.stringMatching(/Z$/),
						keyRotated: expect.stringMatching(/Z$/),
						holdsKey: false,
						mayKnow: ["token"],
					},
				],
			},
		]);
		await pprotect(["update-secret", "prod", "token", "--value-file", "-"], { cwd, input: "new" });
		const cleared = await pprotect(["list-exposed", "--exit-code"], { cwd });
		expect(cleared.stdout).toContain("knows no present value");
	});
});

describe("rm-key-custodian", () => {
	test("removes a custodian from everything, without credentials", async () => {
		const { cwd } = await staff();
		await pprotect(["rm-key-custodian", BOB], { cwd });
		expect(auditTexts(cwd).at(-1)).toBe(
			"removed key custodian bob@example.com (was owner of dev, prod)",
		);
		expect(ownersOf(readPlain(cwd), "dev")).toEqual(["alice@example.com", "carol@example.com"]);
	});

	test("asks for the name, and refuses a stranger and the last owner", async () => {
		const { cwd, alice } = await createTeam();
		const before = stateOf(cwd);
		const last = await pprotect(["rm-key-custodian", alice.user], { cwd, exitCode: 1 });
		expect(last.stderr).toContain("is the last owner of");
		await pprotect(["rm-key-custodian", "dora@example.com"], { cwd, exitCode: 1 });
		expect(stateOf(cwd)).toEqual(before);
		await pprotect(["rm_key_custodian"], {
			cwd,
			input: `${BOB}\n`,
			notices: asks("Removing key custodian.", "Key custodian to remove: "),
		});
		expect(auditTexts(cwd).at(-1)).toBe("removed key custodian bob@example.com (was owner of )");
	});
});

describe("truncate-audit-log", () => {
	test("keeps the newest, and counts what is gone, however often", async () => {
		const { cwd } = await staff();
		const all = readPlain(cwd).auditLog;
		await pprotect(["truncate-audit-log", "--keep", "5"], { cwd, notices: CUT });
		expect(readPlain(cwd).auditLog).toEqual([
			`truncated ${all.length - 5} audit log entries`,
			...all.slice(-5),
		]);
		await pprotect(["truncate_audit_log", "--keep", "2"], { cwd, notices: CUT });
		expect(readPlain(cwd).auditLog).toEqual([
			`truncated ${all.length - 2} audit log entries`,
			...all.slice(-2),
		]);
		const before = stateOf(cwd);
		await pprotect(["truncate-audit-log", "--keep", "2"], { cwd });
		expect(stateOf(cwd)).toEqual(before);
		await pprotect(["truncate-audit-log", "--keep", "0"], { cwd, notices: CUT });
		expect(readPlain(cwd).auditLog).toEqual([`truncated ${all.length} audit log entries`]);
	});

	test.each([[[]], [["--keep", "-1"]], [["--keep=1.5"]], [["--keep="]]])(
		"refuses %p",
		async (args) => {
			const { cwd } = await createTeam();
			await pprotect(["truncate-audit-log", ...args], { cwd, exitCode: 1 });
		},
	);
});

describe("--json", () => {
	test("prints every list as JSON", async () => {
		const { cwd, carol } = await staff();
		const list = async (...args: string[]) =>
			JSON.parse((await pprotect([...args, "--json"], { cwd, env: carol.env })).stdout);
		expect(await list("list-domains")).toEqual(["dev", "prod"]);
		expect(await list("list-domain-secrets", "dev")).toEqual(["token"]);
		expect(await list("list-all-secrets")).toEqual([{ secret: "token", domains: ["dev", "prod"] }]);
		expect(await list("list-user-secrets")).toEqual([{ domain: "dev", secrets: ["token"] }]);
		await pprotect(["truncate-audit-log", "--keep", "1"], { cwd, notices: CUT });
		expect(await list("list-audit-log")).toEqual([
			{ time: null, text: expect.stringMatching(/^truncated \d+ audit log entries$/) },
			{ time: expect.stringMatching(/Z$/), text: "added secret token in dev" },
		]);
	});

	test("prints an empty list without a notice", async () => {
		const { cwd } = await createTeam();
		expect((await pprotect(["list-domain-secrets", "dev", "--json"], { cwd })).stdout).toBe("[]\n");
	});
});

test("names the domains whose keys somebody took along who was removed as owner before", async () => {
	const { cwd, alice, bob } = await createTeam();
	await pprotect(["add-owner", "prod", bob.user], { cwd, env: alice.env, notices: /sealed to/ });
	await pprotect(["rm-owner", "prod", bob.user], { cwd });
	const { stdout } = await pprotect(["offboard", bob.user], { cwd });
	expect(stdout).toContain(
		`prod: ${bob.user} was removed as owner before, and still holds its key; for an owner: see that everybody who owns prod is to own it (pprotect status prod), then pprotect rotate-domain-keys prod\n`,
	);
});
