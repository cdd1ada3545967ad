import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { CredentialsError, Creds, KeyFile } from "../../../src/index.ts";
import { scratchFolder } from "../../support/fault.ts";
import { vectorText } from "../../support/vectors.ts";

const FILE = KeyFile.parse(vectorText("v2-raw.yaml"));
const USER = "ci@example.com";
const PASSPHRASE = "P0de1b64039ef8521e10ce2c1797a0489f29626d70d568523b7b45f4bfc67c2b5P";

describe("credentials from the environment", () => {
	test("have PPROTECT's names unless told otherwise", async () => {
		const app = { APP_USER: USER, APP_PASSPHRASE: PASSPHRASE };
		const own = { PPROTECT_USER: USER, PPROTECT_PASSPHRASE: PASSPHRASE };
		for (const creds of [
			Creds.fromEnv(own),
			Creds.fromEnv(app, "APP"),
			Creds.fromEnv({ ...app, PPROTECT_ENV_PREFIX: "APP" }),
			await Creds.load(own),
		]) {
			expect((await FILE.unlock(creds)).name).toBe(USER);
		}
	});

	test("come from a passphrase file, without the white space at its ends", async () => {
		using folder = scratchFolder();
		const path = join(folder.path, "passphrase");
		writeFileSync(path, `${PASSPHRASE}\n`);
		const creds = Creds.fromEnv({ PPROTECT_USER: USER, PPROTECT_PASSPHRASE_FILE: path });
		expect((await FILE.unlock(creds)).name).toBe(USER);
	});

	test.skipIf(process.platform === "win32")(
		"come from a command, which is waited for",
		async () => {
			const environment = {
				PPROTECT_USER: USER,
				PPROTECT_PASSPHRASE_COMMAND: `echo ${PASSPHRASE}`,
			};
			expect((await FILE.unlock(await Creds.load(environment))).name).toBe(USER);
			expect(() => Creds.fromEnv(environment)).toThrow(
				"PPROTECT_PASSPHRASE_COMMAND names a command, which Creds.fromEnv cannot wait for",
			);
			const failing = { ...environment, PPROTECT_PASSPHRASE_COMMAND: "echo hunter2; exit 3" };
			const error: unknown = await Creds.load(failing).catch((reason) => reason);
			expect(error).toBeInstanceOf(CredentialsError);
			expect(inspect(error)).toContain("failed with exit code 3");
			expect(inspect(error)).not.toContain("hunter2");
		},
	);

	test.each([
		[{}, "PPROTECT_USER is not set"],
		[
			{ PPROTECT_USER: USER },
			"none of PPROTECT_PASSPHRASE, PPROTECT_PASSPHRASE_FILE, PPROTECT_PASSPHRASE_COMMAND is set",
		],
		[
			{ PPROTECT_USER: USER, PPROTECT_PASSPHRASE: "x", PPROTECT_PASSPHRASE_FILE: "y" },
			"both PPROTECT_PASSPHRASE and PPROTECT_PASSPHRASE_FILE give a passphrase",
		],
		[
			{ PPROTECT_USER: USER, PPROTECT_PASSPHRASE_FILE: "/absent/passphrase" },
			"cannot read the passphrase file /absent/passphrase: it does not exist",
		],
	])("of %p are an error that names the variable", async (environment, message) => {
		expect(() => Creds.fromEnv(environment)).toThrow(new CredentialsError(message));
		await expect(Creds.load(environment)).rejects.toThrow(message);
	});

	test("a wrong one is told with where it is from", async () => {
		const creds = Creds.fromEnv({ APP_USER: USER, APP_PASSPHRASE: "guess" }, "APP");
		await expect(FILE.unlock(creds)).rejects.toThrow(
			"invalid user email (from env var: APP_USER) or passphrase (from env var: APP_PASSPHRASE)",
		);
	});
});

test("printing credentials shows no passphrase", () => {
	const creds = new Creds("alice", "hunter2");
	const shown = [
		String(creds),
		JSON.stringify(creds),
		inspect(creds, { showHidden: true, getters: true, depth: 9 }),
		Bun.inspect(creds),
		JSON.stringify(Object.getOwnPropertyDescriptors(creds)),
	];
	for (const text of shown) expect(text).not.toContain("hunter2");
});
