/** The library, packed, installed, type-checked and run from outside, in both runtimes. */
import { beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileProject, createProject, mustRunIn, RUNTIMES, runIn } from "../support/library.ts";
import { createExampleTeam, expectExamples, writeExamples } from "../support/library-examples.ts";
import { pprotect } from "../support/pprotect.ts";
import type { Team } from "../support/team.ts";
import { VECTORS, vectorPath } from "../support/vectors.ts";

/** Reads a vector: path, user, passphrase and domain as arguments, its values as JSON. */
const DECRYPT = `
import { Creds, KeyFile } from "pprotect";

const [path = "", user = "", passphrase = "", domain = ""] = process.argv.slice(2);
const values = await KeyFile.fromFile(path).decryptDomain(domain, new Creds(user, passphrase));
console.log(JSON.stringify(Object.fromEntries(values)));
`;

/** Adds the secrets named by the arguments, all at the same time, and says how each ended. */
const ADD = `
import { ConflictError, KeyFile } from "pprotect";

const add = async (name: string): Promise<string> => {
	try {
		await KeyFile.update("protected.yaml", async (file) => {
			await new Promise((resolve) => setTimeout(resolve, 10));
			return file.addSecret("prod", name, "value");
		});
		return "added";
	} catch (error) {
		return error instanceof ConflictError ? "conflict" : String(error);
	}
};
console.log((await Promise.all(process.argv.slice(2).map(add))).sort().join(" "));
`;

let project: string;
let team: Team;

beforeAll(() => {
	project = createProject();
	writeExamples(project);
	writeFileSync(join(project, "decrypt.ts"), DECRYPT);
	writeFileSync(join(project, "add.ts"), ADD);
	compileProject(project, "nodenext");
}, 60_000);

beforeEach(async () => {
	team = await createExampleTeam();
});

test.each(["nodenext", "bundler"] as const)(
	"its types hold in the strictest project (%s)",
	(settings) => {
		compileProject(project, settings);
	},
);

test("its types refuse what is no domain's key", () => {
	const path = join(project, "wrong.ts");
	writeFileSync(
		path,
		`import { KeyFile } from "pprotect"; KeyFile.fromFile().decryptDomain("prod");`,
	);
	try {
		expect(() => compileProject(project, "nodenext")).toThrow("wrong.ts");
	} finally {
		mustRunIn(project, "rm", path);
	}
});

test("the package holds the library and its documents, and nothing else", () => {
	const files = mustRunIn(join(project, "node_modules/pprotect"), "find", ".", "-type", "f");
	const others = files
		.split("\n")
		.filter((file) => !/^(\.\/lib\/.*\.(js|d\.ts)|\.\/docs\/[^/]*\.(md|svg))$/.test(file));
	expect(others.sort().join(" ").trim()).toBe("./LICENSE ./README.md ./SECURITY.md ./package.json");
});

describe.each([...RUNTIMES])("under %s", (_name, runtime) => {
	const onRuntime = test.skipIf(runtime === null);
	const run = (script: string, ...args: readonly string[]) =>
		runIn(team.cwd, [runtime ?? "", join(project, script), ...args], team.alice.env);

	onRuntime("the documents' examples print what they say, one after the other", () => {
		expectExamples((name) => run(`${name}.js`));
	});

	// The hard key types take noble, Node's Argon2id where it has no own, some ten seconds.
	test.skipIf(runtime === null).each([
		["v1-argon2id-fast.yaml", "dev"],
		["v2-raw.yaml", "ci"],
		["v3-scrypt-fast.yaml", "prod"],
	])(
		"%s is decrypted",
		(name, domain) => {
			const { custodians, domains } = VECTORS.get(name) ?? {};
			const [{ user = "", passphrase = "" } = {}] = custodians ?? [];
			const { stdout, stderr } = run("decrypt.js", vectorPath(name), user, passphrase, domain);
			expect(stderr).toBe("");
			expect(JSON.parse(stdout)).toEqual(domains?.[domain]);
		},
		120_000,
	);

	onRuntime("of changes at the same time none is lost", async () => {
		const { stdout } = run("add.js", "one", "two", "three");
		expect(stdout).toBe("added added added\n");
		const listed = await pprotect(["list-domain-secrets", "prod"], { cwd: team.cwd });
		expect(listed.stdout.trim().split("\n")).toEqual(["db-password", "one", "three", "two"]);
	});

	onRuntime("what goes wrong is an error of ours", () => {
		const { stderr, exitCode } = run("decrypt.js", "absent.yaml", "alice", "guess", "prod");
		expect(exitCode).toBe(1);
		expect(stderr).toContain("ProtectedFileError: Protected file not found: ");
		expect(stderr).toContain(join(team.cwd, "absent.yaml"));
	});
});
