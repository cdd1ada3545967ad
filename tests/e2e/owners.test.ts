/** add-owner, rm-owner and migrate-owner. */
import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asks, pprotect } from "../support/pprotect.ts";
import { auditTexts, ownersOf, readPlain, stateOf } from "../support/protected-file.ts";
import { createTeam } from "../support/team.ts";

describe("add-owner", () => {
	test.each([
		{
			args: ["add-owner"],
			input: "prod\nbob@example.com\n",
			asked: ["Adding domain owner.", "Domain name: ", "New owner email: "],
		},
		{
			args: ["add-owner", "prod"],
			input: "bob@example.com\n",
			asked: ["Adding domain owner.", "New owner email: "],
		},
		{ args: ["add-owner", "prod", "bob@example.com"], input: "", asked: [] },
		{ args: ["add_owner", "--domain", "prod", "bob@example.com"], input: "", asked: [] },
	])("hands on the domain's key: $args", async ({ args, input, asked }) => {
		const { cwd, alice, bob } = await createTeam();
		await pprotect(args, {
			cwd,
			env: alice.env,
			input,
			...(asked.length > 0 && { notices: asks(...asked) }),
		});
		expect(ownersOf(readPlain(cwd), "prod")).toEqual([alice.user, bob.user]);
		expect(auditTexts(cwd).at(-1)).toBe(`${alice.user} added owner ${bob.user} to prod`);
		expect((await pprotect(["decrypt-domain", "prod"], { cwd, env: bob.env })).stdout).toBe("{}\n");
	});

	test.each([
		[["nope", "bob@example.com"], "known domains: dev, prod"],
		[["prod", "carol"], "known key custodians: alice@example.com, bob@example.com"],
	])("refuses %p", async (names, words) => {
		const { cwd, alice } = await createTeam();
		const before = stateOf(cwd);
		const { stderr } = await pprotect(["add-owner", ...names], {
			cwd,
			env: alice.env,
			exitCode: 1,
		});
		expect(stderr).toContain(words);
		expect(stateOf(cwd)).toEqual(before);
	});

	test("seals the entry of an owner anew, which mends one that no longer opens", async () => {
		const { cwd, alice, bob } = await createTeam();
		const add = () => pprotect(["add-owner", "prod", bob.user], { cwd, env: alice.env });
		await add();
		const file = join(cwd, "protected.yaml");
		const [, entry = ""] = /\n {6}bob@example\.com: (\S+)/.exec(readFileSync(file, "utf8")) ?? [];
		const other = `${entry.slice(0, -8)}${entry.slice(-8, -4) === "AAAA" ? "BBBB" : "AAAA"}${entry.slice(-4)}`;
		writeFileSync(file, readFileSync(file, "utf8").replace(entry, other));
		await pprotect(["decrypt-domain", "prod"], { cwd, env: bob.env, exitCode: 1 });
		await add();
		expect((await pprotect(["decrypt-domain", "prod"], { cwd, env: bob.env })).stdout).toBe("{}\n");
	});

	test("is refused to who owns nothing", async () => {
		const { cwd, bob } = await createTeam();
		const { stderr } = await pprotect(["add-owner", "prod", bob.user], {
			cwd,
			env: bob.env,
			exitCode: 1,
		});
		expect(stderr).toContain("bob@example.com is not an owner of prod");
	});
});

describe("rm-owner", () => {
	test.each([
		{
			args: ["rm-owner"],
			input: "prod\nalice@example.com\n",
			asked: ["Removing domain owner.", "Domain name: ", "Owner email: "],
		},
		{ args: ["rm-owner", "prod", "alice@example.com"], input: "", asked: [] },
		{ args: ["rm_owner", "alice@example.com", "--domain", "prod"], input: "", asked: [] },
	])("takes the owner off, without credentials: $args", async ({ args, input, asked }) => {
		const { cwd, alice, bob } = await createTeam();
		await pprotect(["add-owner", "prod", bob.user], { cwd, env: alice.env });
		await pprotect(args, { cwd, input, ...(asked.length > 0 && { notices: asks(...asked) }) });
		expect(ownersOf(readPlain(cwd), "prod")).toEqual([bob.user]);
		expect(auditTexts(cwd).at(-1)).toBe(`removed owner ${alice.user} from prod`);
		await pprotect(["decrypt-domain", "prod"], { cwd, env: alice.env, exitCode: 1 });
	});

	test("says, in a pipe too, who can still read and how to end that", async () => {
		const { cwd, alice, bob } = await createTeam();
		await pprotect(["add-owner", "prod", bob.user], { cwd, env: alice.env });
		const { stderr } = await pprotect(["rm-owner", "prod", bob.user], { cwd });
		expect(stderr).toBe(
			"pprotect: note: bob@example.com can still read prod until you run: pprotect rotate-domain-keys prod (see first who owns it: pprotect status prod)\n",
		);
	});

	test.each([
		[["prod", "alice@example.com"], "alice@example.com is the last owner of prod"],
		[["prod", "bob@example.com"], "known owners: alice@example.com"],
		[["nope", "bob@example.com"], "known domains: dev, prod"],
	])("refuses %p", async (names, words) => {
		const { cwd } = await createTeam();
		const before = stateOf(cwd);
		const { stderr } = await pprotect(["rm-owner", ...names], { cwd, exitCode: 1 });
		expect(stderr).toContain(words);
		expect(stateOf(cwd)).toEqual(before);
	});
});

describe("migrate-owner", () => {
	test("asks for the new owner, says what it will do, and asks whether to", async () => {
		const { cwd, alice, bob } = await createTeam();
		await pprotect(["migrate-owner"], {
			cwd,
			env: alice.env,
			input: `${bob.user}\ny\n`,
			notices: asks(
				"New owner email: ",
				`Will add ${bob.user} as owner to: dev, prod`,
				"Proceed? [y/N] ",
			),
		});
		const file = readPlain(cwd);
		for (const domain of ["dev", "prod"]) {
			expect(ownersOf(file, domain)).toEqual([alice.user, bob.user]);
		}
		expect(auditTexts(cwd).slice(-2)).toEqual([
			`${alice.user} added owner ${bob.user} to dev`,
			`${alice.user} added owner ${bob.user} to prod`,
		]);
	});

	test("runs unattended with --yes", async () => {
		const { cwd, alice, bob } = await createTeam();
		await pprotect(["migrate_owner", bob.user, "--yes"], { cwd, env: alice.env });
		expect((await pprotect(["list-user-secrets"], { cwd, env: bob.env })).stdout).toBe(
			"dev: (no secrets)\nprod: (no secrets)\n",
		);
	});

	test.each(["n", "", "no", "oui"])("writes nothing where the answer is %p", async (answer) => {
		const { cwd, alice, bob } = await createTeam();
		const before = stateOf(cwd);
		await pprotect(["migrate-owner", bob.user], {
			cwd,
			env: alice.env,
			input: `${answer}\n`,
			notices: /\nAborting\n$/,
		});
		expect(stateOf(cwd)).toEqual(before);
	});

	test("adds only where the new owner is not one yet, and writes nothing where there is no such", async () => {
		const { cwd, alice, bob } = await createTeam();
		await pprotect(["add-owner", "dev", bob.user], { cwd, env: alice.env });
		await pprotect(["migrate-owner", bob.user], {
			cwd,
			env: alice.env,
			input: "y\n",
			notices: asks(`Will add ${bob.user} as owner to: prod`, "Proceed? [y/N] "),
		});
		const before = stateOf(cwd);
		const nothing = { cwd, env: alice.env, notices: asks(`${bob.user} owns all that you do`) };
		await pprotect(["migrate-owner", bob.user], nothing);
		expect(stateOf(cwd)).toEqual(before);
	});

	test("says so to who owns nothing, and to who names nobody", async () => {
		const { cwd, alice, bob } = await createTeam();
		await pprotect(["migrate-owner", alice.user], {
			cwd,
			env: bob.env,
			notices: asks("You do not own any domains"),
		});
		const { stderr } = await pprotect(["migrate-owner", "carol"], {
			cwd,
			env: alice.env,
			exitCode: 1,
		});
		expect(stderr).toContain("known key custodians: alice@example.com, bob@example.com");
	});
});
