/** Names that YAML, JavaScript or a shell would take for something else. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { compareCodePoints } from "../../src/format/code-points.ts";
import { asks, pprotect } from "../support/pprotect.ts";
import { auditTexts, ownersOf, readPlain } from "../support/protected-file.ts";
import { addMember, createTeam } from "../support/team.ts";

setDefaultTimeout(30_000);

const NAMES = [
	"123",
	"1.5",
	"0x1F",
	"null",
	"~",
	"yes",
	"__proto__",
	"constructor",
	"a: b",
	"#hash",
	"- dash",
	"it's",
	'"quoted"',
	"{}",
	"e\u0301",
	"\u00e9 🔏",
];

test("domains", async () => {
	const { cwd, alice } = await createTeam();
	const run = { cwd, env: alice.env };
	for (const name of NAMES) {
		await pprotect(["add-domain", `--domain=${name}`], run);
		await pprotect(["add-secret", `--domain=${name}`, "k", "--value-file=-"], { cwd, input: name });
	}
	const file = readPlain(cwd);
	const log = auditTexts(cwd);
	for (const name of NAMES) {
		const { stdout } = await pprotect(["exec", `--domain=${name}`, "--", "printenv", "k"], run);
		expect(stdout).toBe(`${name}\n`);
		expect([...file.domains.keys()]).toContain(name);
		expect(log).toContain(`created domain ${name} with owner ${alice.user}`);
		expect(log).toContain(`added secret k in ${name}`);
	}
	const { stdout } = await pprotect(["list-domains"], { cwd });
	expect(stdout).toBe(`${[...NAMES, "dev", "prod"].sort(compareCodePoints).join("\n")}\n`);
});

test.each(["123", "__proto__", "- dash"])("the domain %p is rotated and removed", async (name) => {
	const { cwd, alice } = await createTeam();
	const run = { cwd, env: alice.env };
	await pprotect(["add-domain", "--", name], run);
	await pprotect(["rotate-domain-keys"], {
		...run,
		input: `${name}\n`,
		notices: asks("Domain name: "),
	});
	expect((await pprotect(["decrypt-domain", "--", name], run)).stdout).toBe("{}\n");
	await pprotect(["rm-domain", "--", name], run);
	expect((await pprotect(["list-domains"], run)).stdout).toBe("dev\nprod\n");
});

test("custodians", async () => {
	const { cwd, alice } = await createTeam();
	const names = ["123", "null", "__proto__", "a: b", "ünï"];
	for (const name of names) {
		const member = await addMember(cwd, "add-key-custodian", name);
		await pprotect(["add-owner", "prod", name], { cwd, env: alice.env });
		expect((await pprotect(["decrypt-domain", "prod"], { cwd, env: member.env })).stdout).toBe(
			"{}\n",
		);
	}
	expect(ownersOf(readPlain(cwd), "prod")).toEqual([...names, alice.user].sort(compareCodePoints));
	for (const name of names) await pprotect(["rm-owner", "prod", "--", name], { cwd });
	expect(ownersOf(readPlain(cwd), "prod")).toEqual([alice.user]);
});
