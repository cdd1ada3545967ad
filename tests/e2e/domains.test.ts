/** add-domain, list-domains, rm-domain and rotate-domain-keys. */
import { describe, expect, test } from "bun:test";
import { asks, pprotect } from "../support/pprotect.ts";
import { auditTexts, ownersOf, readPlain, stateOf } from "../support/protected-file.ts";
import { addMember, createTeam } from "../support/team.ts";

describe("add-domain", () => {
	test("asks for credentials, then for the domain", async () => {
		const { cwd, bob } = await createTeam();
		await pprotect(["add-domain"], {
			cwd,
			input: `${bob.user}\n${bob.passphrase}\nstaging\n`,
			notices: asks(
				"Adding new domain.",
				"Verify credentials for protected.yaml",
				"User email: ",
				"Passphrase: ",
				"Domain name: ",
			),
		});
		expect(ownersOf(readPlain(cwd), "staging")).toEqual([bob.user]);
		expect(auditTexts(cwd).at(-1)).toBe(`created domain staging with owner ${bob.user}`);
	});

	test.each([
		["positional", ["add-domain", "staging"]],
		["--domain", ["add-domain", "--domain", "staging"]],
		["underscore", ["add_domain", "staging"]],
		["flags first", ["--domain=staging", "--non-interactive", "add-domain"]],
	])("runs unattended: %s", async (_, args) => {
		const { cwd, bob } = await createTeam();
		await pprotect(args, { cwd, env: bob.env });
		expect((await pprotect(["list-domains"], { cwd })).stdout).toBe("dev\nprod\nstaging\n");
	});

	test.each([
		["prod", "domain prod already exists"],
		["", "the domain name is empty"],
		[" prod", "starts or ends with a space"],
		["a\u0007b", "control character"],
		["meta", "cannot be a domain name"],
		["metadata", "cannot be a domain name"],
		["key-custodians", "cannot be a domain name"],
		["audit-log", "cannot be a domain name"],
		["x".repeat(129), "at most 128 characters"],
	])("refuses the name %p", async (name, words) => {
		const { cwd, alice } = await createTeam();
		const before = stateOf(cwd);
		const { stderr } = await pprotect(["add-domain", name], { cwd, env: alice.env, exitCode: 1 });
		expect(stderr).toContain(words);
		expect(stateOf(cwd)).toEqual(before);
	});

	test("counts characters, not bytes: 128 of any kind are a name", async () => {
		const { cwd, alice } = await createTeam();
		const name = "🔏".repeat(128);
		await pprotect(["add-domain", name], { cwd, env: alice.env });
		const { stdout } = await pprotect(["list-domains"], { cwd });
		expect(stdout).toBe(`dev\nprod\n${name}\n`);
	});

	test("needs credentials, and names a domain but once", async () => {
		const { cwd, alice, bob } = await createTeam();
		const before = stateOf(cwd);
		const wrong = { ...alice.env, PPROTECT_PASSPHRASE: bob.passphrase };
		await pprotect(["add-domain", "staging"], { cwd, env: wrong, exitCode: 1 });
		const twice = ["add-domain", "staging", "--domain", "staging"];
		const { stderr } = await pprotect(twice, { cwd, env: alice.env, exitCode: 2 });
		expect(stderr).toContain("both name the domain");
		expect(stateOf(cwd)).toEqual(before);
	});
});

describe("rm-domain", () => {
	test.each([
		{ args: ["rm-domain"], input: "dev\n", asked: ["Removing domain.", "Domain name: "] },
		{ args: ["rm-domain", "dev"], input: "", asked: [] },
		{ args: ["rm_domain", "--domain", "dev"], input: "", asked: [] },
	])("removes the domain without credentials: $args", async ({ args, input, asked }) => {
		const { cwd } = await createTeam();
		await pprotect(args, { cwd, input, ...(asked.length > 0 && { notices: asks(...asked) }) });
		expect([...readPlain(cwd).domains.keys()]).toEqual(["prod"]);
		expect(auditTexts(cwd).at(-1)).toBe("deleted domain dev");
	});

	test("says which domains there are", async () => {
		const { cwd } = await createTeam();
		const before = stateOf(cwd);
		const { stderr } = await pprotect(["rm-domain", "nope"], { cwd, exitCode: 1 });
		expect(stderr).toBe(
			'pprotect: error: no domain named "nope"\npprotect: hint: known domains: dev, prod\n',
		);
		expect(stateOf(cwd)).toEqual(before);
	});
});

describe("rotate-domain-keys", () => {
	test.each([
		{ args: ["rotate-domain-keys"], input: "prod\n", asked: ["Domain name: "] },
		{ args: ["rotate-domain-keys", "prod"], input: "", asked: [] },
		{ args: ["rotate_domain_keys", "--domain=prod"], input: "", asked: [] },
	])("seals all values to a new key for all owners: $args", async ({ args, input, asked }) => {
		const { cwd, alice, bob } = await createTeam();
		await pprotect(["add-owner", "prod", bob.user], { cwd, env: alice.env });
		for (const name of ["one", "two"]) {
			await pprotect(["add-secret", "prod", name, "--value-file", "-"], { cwd, input: name });
		}
		const before = readPlain(cwd).domains.get("prod");
		await pprotect(args, {
			cwd,
			env: bob.env,
			input,
			...(asked.length > 0 && { notices: asks(...asked) }),
		});
		const after = readPlain(cwd).domains.get("prod");
		for (const key of ["secret-one", "secret-two", "meta"]) {
			expect(after?.get(key)).not.toEqual(before?.get(key));
		}
		for (const { env } of [alice, bob]) {
			const { stdout } = await pprotect(["decrypt-domain", "prod"], { cwd, env });
			expect(JSON.parse(stdout)).toEqual({ one: "one", two: "two" });
		}
		expect(auditTexts(cwd).at(-1)).toBe("rotated key for domain prod");
	});

	test("is for owners only, and says who they are", async () => {
		const { cwd, bob } = await createTeam();
		const before = stateOf(cwd);
		const { stderr } = await pprotect(["rotate-domain-keys", "prod"], {
			cwd,
			env: bob.env,
			exitCode: 1,
		});
		expect(stderr).toContain("bob@example.com is not an owner of prod");
		expect(stderr).toContain("its owners are: alice@example.com");
		expect(stateOf(cwd)).toEqual(before);
	});
});

describe("list-domains", () => {
	test("lists by code point, a line each", async () => {
		const { cwd, alice } = await createTeam();
		for (const name of ["🔏", "\uFF5E", "Z", "a", "10", "9"]) {
			await pprotect(["add-domain", name], { cwd, env: alice.env });
		}
		const { stdout } = await pprotect(["list-domains"], { cwd });
		expect(stdout.split("\n")).toEqual(["10", "9", "Z", "a", "dev", "prod", "\uFF5E", "🔏", ""]);
	});

	test("says on stderr that there are none", async () => {
		const { cwd } = await createTeam();
		await addMember(cwd, "init", "x", "new.yaml");
		const { stdout } = await pprotect(["list-domains", "--file", "new.yaml"], {
			cwd,
			notices: asks("No domains in new.yaml"),
		});
		expect(stdout).toBe("");
	});
});
