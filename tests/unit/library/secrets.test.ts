import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
	Creds,
	generateRawPassphrase,
	KeyFile,
	loadSecrets,
	NameError,
	ProtectError,
	readSecrets,
} from "../../../src/index.ts";

let folder: string;
let path: string;
let creds: Creds;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "pprotect-test-"));
	path = join(folder, "protected.yaml");
	creds = new Creds("ci", generateRawPassphrase());
	const empty = KeyFile.create();
	const key = await empty.createCustodianKey(creds, { type: "raw" });
	const file = empty
		.addKeyCustodian(key)
		.addDomain("prod", "ci")
		.addSecret("prod", "db-password", "hunter2")
		.addSecret("prod", "constructor", "c")
		.addDomain("clash", "ci")
		.addSecret("clash", "a-b", "1")
		.addSecret("clash", "a_b", "2")
		.addDomain("code", "ci")
		.addSecret("code", "node-options", "--require=./evil.js")
		.addSecret("code", "NODE_OPTIONS", "--require=./evil.js")
		.addDomain("nul", "ci")
		.addSecret("nul", "token", "before\0after");
	await KeyFile.writeNew(path, file);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("loadSecrets", () => {
	test("names variables as exec does, and returns their names", async () => {
		const into: Record<string, string> = { KEPT: "yes" };
		const options = { file: path, creds, domain: "prod", into };
		expect(await loadSecrets({ ...options, uppercase: true, prefix: "APP" })).toEqual([
			"APP_CONSTRUCTOR",
			"APP_DB_PASSWORD",
		]);
		expect(into).toEqual({ KEPT: "yes", APP_CONSTRUCTOR: "c", APP_DB_PASSWORD: "hunter2" });
		await loadSecrets({ ...options, only: ["db-password"] });
		expect(into["db-password"]).toBe("hunter2");
	});

	test("sets the process's environment where nothing else is named", async () => {
		const prefix = "PPROTECT_UNIT_TEST";
		await loadSecrets({ file: path, creds, domain: "prod", only: ["db-password"], prefix });
		const name = `${prefix}_db-password`;
		expect(process.env[name]).toBe("hunter2");
		delete process.env[name];
	});

	const sets = (options: { domain: string; only?: string[]; uppercase?: boolean }) => {
		const into: Record<string, string> = {};
		const loading = loadSecrets({ file: path, creds, into, ...options });
		return loading.catch((error: unknown) => ({ error, into }));
	};

	test.each([
		[
			{ domain: "clash", uppercase: true },
			"the secrets a-b and a_b would both be the variable A_B",
		],
		[
			{ domain: "code" },
			"the secret NODE_OPTIONS of domain code would be the variable NODE_OPTIONS, which is read by",
		],
		[
			{ domain: "code", uppercase: true, only: ["node-options", "NODE_OPTIONS"] },
			"would both be the variable NODE_OPTIONS",
		],
		[{ domain: "nul" }, "the value of the secret token holds a NUL character"],
	])("%p is an error, and sets nothing", async (options, message) => {
		const outcome = await sets(options);
		expect(outcome).toMatchObject({ into: {} });
		const error = "error" in outcome ? outcome.error : undefined;
		expect(error).toBeInstanceOf(ProtectError);
		expect(String(error)).toContain(message);
		expect(String(error)).not.toMatch(/evil|before/);
	});

	test("sets a variable that decides what code runs where it is asked for", async () => {
		expect(await sets({ domain: "code", only: ["NODE_OPTIONS"] })).toEqual(["NODE_OPTIONS"]);
	});

	test("names all secrets that are missing", async () => {
		const outcome = await sets({ domain: "prod", only: ["one", "db-password", "two"] });
		const error = "error" in outcome ? outcome.error : undefined;
		expect(error).toBeInstanceOf(NameError);
		expect(String(error)).toContain('no secrets named "one", "two" in domain prod');
	});
});

describe("readSecrets", () => {
	test("has just what was asked for", async () => {
		const secrets = await readSecrets("prod", ["db-password", "constructor"], {
			file: path,
			creds,
		});
		expect(secrets["db-password"]).toBe("hunter2");
		expect(secrets.constructor).toBe("c");
		expect(Object.keys(secrets)).toEqual(["db-password", "constructor"]);
		expect("toString" in secrets).toBe(false);
		// @ts-expect-error a name that was not asked for
		expect(secrets["db-pasword"]).toBeUndefined();
	});

	test("names all secrets that are missing, and of a domain that is", async () => {
		const source = { file: path, creds };
		await expect(readSecrets("prod", ["one", "two"], source)).rejects.toThrow(
			new NameError('no secrets named "one", "two" in domain prod'),
		);
		await expect(readSecrets("absent", ["one"], source)).rejects.toThrow(
			'no domain named "absent"',
		);
	});

	test("takes an unlocked custodian", async () => {
		const ci = await KeyFile.fromFile(path).unlock(creds);
		const { constructor: value } = await readSecrets("prod", ["constructor"], {
			file: path,
			creds: ci,
		});
		expect(value).toBe("c");
	});
});

describe("the file where none is named", () => {
	const run = (cwd: string, environment: Record<string, string> = {}) => {
		const module = join(import.meta.dir, "../../../src/index.ts");
		const code = `import { KeyFile } from ${JSON.stringify(module)};
			try { console.log(KeyFile.fromFile().path) } catch (error) { console.log(error.name) }`;
		const child = Bun.spawnSync([process.execPath, "-e", code], { cwd, env: environment });
		return child.stdout.toString().trim();
	};

	test("is PPROTECT_FILE's, or that of the work tree's nearest folder", () => {
		const top = mkdtempSync(join(tmpdir(), "pprotect-test-"));
		try {
			const below = join(top, "tree/a/b");
			mkdirSync(below, { recursive: true });
			Bun.spawnSync(["cp", path, top]);
			expect(run(top)).toBe("protected.yaml");
			expect(run(below, { PPROTECT_FILE: path })).toBe(path);
			// The file is above any work tree.
			expect(run(below)).toBe("ProtectedFileError");
			mkdirSync(join(top, "tree/.git"));
			expect(run(below)).toBe("ProtectedFileError");
			Bun.spawnSync(["cp", path, join(top, "tree")]);
			expect(run(below)).toBe(join("..", "..", "protected.yaml"));
		} finally {
			rmSync(top, { recursive: true });
		}
	});
});
