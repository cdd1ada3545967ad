import { describe, expect, test } from "bun:test";
import { inspect } from "node:util";
import { Creds } from "../../../src/model/creds.ts";

describe("credentials from the environment", () => {
	test("have PPROTECT's names unless told otherwise", () => {
		const environment = {
			PPROTECT_USER: "a",
			PPROTECT_PASSPHRASE: "b",
			APP_USER: "c",
			APP_PASSPHRASE: "d",
		};
		expect(Creds.fromEnv(environment)).toMatchObject({ name: "a", passphrase: "b" });
		expect(Creds.fromEnv(environment, "APP")).toMatchObject({
			name: "c",
			passphrase: "d",
			sources: { name: "env var: APP_USER", passphrase: "env var: APP_PASSPHRASE" },
		});
		const prefixed = { ...environment, PPROTECT_ENV_PREFIX: "APP" };
		expect(Creds.fromEnv(prefixed)).toMatchObject({ name: "c", passphrase: "d" });
	});

	test("are empty where unset", () => {
		expect(Creds.fromEnv({})).toMatchObject({ name: "", passphrase: "" });
	});
});

test("printing credentials shows no passphrase", () => {
	const creds = new Creds("alice", "hunter2");
	for (const shown of [String(creds), JSON.stringify(creds), inspect(creds), Bun.inspect(creds)]) {
		expect(shown).not.toContain("hunter2");
	}
});
