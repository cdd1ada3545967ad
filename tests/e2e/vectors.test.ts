/** The protected files that other tools wrote, through the binary. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { compareCodePoints } from "../../src/format/code-points.ts";
import { pprotect, scratchFolder } from "../support/pprotect.ts";
import { readPlain, stateOf } from "../support/protected-file.ts";
import { copyVector, VECTORS, vectorPath } from "../support/vectors.ts";

setDefaultTimeout(60_000);

const cwd = scratchFolder();
const sorted = (names: Iterable<string>) => [...names].sort(compareCodePoints);
const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join("");

describe.each([...VECTORS])("%s", (name, { custodians, domains, audit_log }) => {
	const file = ["--file", vectorPath(name)];
	const domainNames = sorted(Object.keys(domains));

	test("lists", async () => {
		const read = async (...args: string[]) => (await pprotect([...args, ...file], { cwd })).stdout;
		expect(await read("list-domains")).toBe(lines(domainNames));
		expect(await read("list-audit-log")).toBe(lines(audit_log));
		const holders = new Map<string, string[]>();
		for (const domain of domainNames) {
			const secrets = sorted(Object.keys(domains[domain] ?? {}));
			if (domainNames.length < 5) {
				expect(await read("list-domain-secrets", domain)).toBe(lines(secrets));
			}
			for (const secret of secrets) holders.set(secret, [...(holders.get(secret) ?? []), domain]);
		}
		const all = sorted(holders.keys()).map((s) => `${s}: ${holders.get(s)?.join(", ")}`);
		expect(await read("list-all-secrets")).toBe(lines(all));
	});

	// A hard key takes a second; memory.test.ts opens those, once each.
	const quick = /hard/.test(name) ? [] : custodians;
	test.each(quick.map((custodian) => [custodian.user, custodian] as const))(
		"opens for %s",
		async (user, { passphrase, domains: owned }) => {
			const env = { PPROTECT_USER: user, PPROTECT_PASSPHRASE: passphrase };
			for (const domain of owned.slice(0, 5)) {
				const { stdout } = await pprotect(["decrypt-domain", domain, ...file], { cwd, env });
				expect(stdout).toBe(`${JSON.stringify(sortedObject(domains[domain]), undefined, 2)}\n`);
			}
			const { stdout } = await pprotect(["list-user-secrets", ...file], { cwd, env });
			const wanted = sorted(owned).map(
				(domain) => `${domain}: ${sorted(Object.keys(domains[domain] ?? {})).join(", ")}`,
			);
			expect(stdout).toBe(lines(wanted));
		},
	);

	test("takes a change in place: every other line stays", async () => {
		const folder = copyVector(name);
		const before = stateOf(folder).text.split("\n");
		const domain = domainNames[0] ?? "";
		await pprotect(["add-secret", domain, "Z-new", "--value-file", "-"], { cwd: folder });
		const after = stateOf(folder).text.split("\n");
		const added = after.filter((line) => !before.includes(line));
		expect(added).toEqual([
			expect.stringMatching(/^ {2}secret-Z-new: /),
			expect.stringMatching(/Z -- added secret Z-new in /),
		]);
		expect(after.filter((line) => before.includes(line))).toEqual(before);
		expect(readPlain(folder).auditLog.slice(0, -1)).toEqual([...audit_log]);
	});
});

function sortedObject(values: Readonly<Record<string, string>> = {}): Record<string, string> {
	return Object.fromEntries(sorted(Object.keys(values)).map((name) => [name, values[name] ?? ""]));
}

test("the values of a file that the Python tool wrote reach a program's environment", async () => {
	const team = VECTORS.get("team.yaml");
	const alice = team?.custodians.find(({ user }) => user === "alice@example.com");
	const { stdout } = await pprotect(
		["--file", vectorPath("team.yaml"), "exec", "--domain", "dev", "--", "env", "-0"],
		{
			cwd,
			env: { PPROTECT_USER: alice?.user ?? "", PPROTECT_PASSPHRASE: alice?.passphrase ?? "" },
			notices: /no shell can hold the variables chat-api-key and mail-api-key/,
		},
	);
	const values = Object.entries(team?.domains.dev ?? {}).map(([name, value]) => `${name}=${value}`);
	expect(values).not.toEqual([]);
	expect(stdout.split("\0")).toEqual(expect.arrayContaining(values));
	expect(stdout).not.toContain("PPROTECT_");
});
