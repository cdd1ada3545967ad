/** What pprotect writes is read by what the Python tool stands on: libsodium and ruamel.yaml. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pprotect } from "../support/pprotect.ts";
import { readPlain } from "../support/protected-file.ts";
import { PYTHON, readWithPython } from "../support/python.ts";
import { addMember, createTeam } from "../support/team.ts";
import { copyVector, VECTORS } from "../support/vectors.ts";

setDefaultTimeout(60_000);

const missing = PYTHON === undefined ? " (skipped: no python3-nacl and python3-ruamel.yaml)" : "";

const textOf = (cwd: string) => readFileSync(join(cwd, "protected.yaml"), "utf8");

describe.skipIf(PYTHON === undefined)(`the Python side${missing}`, () => {
	test("reads all that every command has written, and would write the same bytes", async () => {
		const { cwd, alice, bob } = await createTeam();
		const run = { cwd, env: alice.env };
		const pass = (name: string, text: string) => {
			writeFileSync(join(cwd, name), text, { mode: 0o600 });
			return ["--passphrase-file", name];
		};
		// Others have raw keys.
		const long = "a.very.long.custodian.name.for.lines.that.fold@subdomain.example.com";
		const fast = ["--key-type", "fast", "--kdf", "argon2id"];
		await pprotect(["add-key-custodian", "--user", long, ...pass("v1", "ünï wörds"), ...fast], run);
		const carol = await addMember(cwd, "add-key-custodian", "carol");

		const domains = ["123", "null", "a: b", "it's"];
		for (const domain of domains) {
			await pprotect(["add-domain", domain], run);
			const value = { cwd, input: `value\nof ${domain}\n` };
			await pprotect(["add-secret", domain, "key", "--value-file=-"], value);
		}
		await pprotect(["migrate-owner", long, "--yes"], run);
		await pprotect(["add-owner", "a: b", carol.user], run);
		await pprotect(["rotate-domain-keys", "a: b"], run);
		await pprotect(["update-secret", "null", "key", "--value-file=-"], { cwd, input: "" });
		await pprotect(["add-secret", "prod", "gone", "--value-file=-"], { cwd, input: "x" });
		await pprotect(["rm-secret", "prod", "gone"], run);
		await pprotect(["add-secret", "dev", "k", "--value-file=-"], {
			cwd,
			input: "🔏\r\n",
			notices: /ends with a line end/,
		});
		await pprotect(["rm-owner", "123", long], run);
		await pprotect(["rm-domain", "it's"], run);
		const again = ["--user", long, ...pass("v1", "ünï wörds")];
		await pprotect(
			["rekey-custodian", ...again, "--key-type", "raw", "--save-passphrase", "raw"],
			run,
		);

		const reading = readWithPython(cwd, {
			[alice.user]: alice.passphrase,
			[bob.user]: bob.passphrase,
			[long]: readFileSync(join(cwd, "raw"), "utf8").trim(),
			[carol.user]: carol.passphrase,
		});
		const one = { "a: b": { key: "value\nof a: b\n" } };
		const most = {
			...one,
			null: { key: "" },
			dev: { k: "🔏\r\n" },
			prod: {},
		};
		expect(reading.values).toEqual({
			[alice.user]: { ...most, "123": { key: "value\nof 123\n" } },
			[long]: most,
			carol: one,
			[bob.user]: {},
		});
		expect(reading.log).toEqual([...readPlain(cwd).auditLog]);
		expect(reading.again).toBe(textOf(cwd));
		expect(textOf(cwd)).toMatch(/^ {2}\S/m);
	});

	test("reads a file of its own after we changed it, folded lines and quotes included", async () => {
		const name = "odd-names.yaml";
		const cwd = copyVector(name);
		const { custodians = [], domains = {} } = VECTORS.get(name) ?? {};
		const [{ user, passphrase } = { user: "", passphrase: "" }] = custodians;
		const env = { PPROTECT_USER: user, PPROTECT_PASSPHRASE: passphrase };
		await pprotect(["add-domain", "%new"], { cwd, env });
		await pprotect(["add-secret", "%new", "k", "--value-file=-"], { cwd, input: "v" });
		await pprotect(["rotate-domain-keys", "123"], { cwd, env });
		const passphrases = custodians.map(({ user: name, passphrase: words }) => [name, words]);
		const reading = readWithPython(cwd, Object.fromEntries(passphrases));
		expect(reading.values[user]).toEqual({ ...domains, "%new": { k: "v" } });
		expect(reading.again).toBe(textOf(cwd));
	});
});
