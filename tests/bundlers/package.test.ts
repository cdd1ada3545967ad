/** The packed library as tools that judge packages see it, and under each Node that it promises. */
import { beforeAll, describe, expect, test } from "bun:test";
import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BUNDLERS } from "../../scripts/bundlers.ts";
import { bundlersFile, deno, nodeNamed, titleOf } from "../support/bundlers.ts";
import { compileProject, createProject, mustRunIn, runIn } from "../support/library.ts";
import {
	createExampleTeam,
	EXAMPLES,
	expectExamples,
	writeExamples,
} from "../support/library-examples.ts";
import { VECTORS, vectorPath } from "../support/vectors.ts";

/** Prints a domain's values, and how often the event loop turned meanwhile. */
const READ = `
import { Creds, KeyFile } from "pprotect";

let turns = 0;
const timer = setInterval(() => turns++, 5);
const [path, user, passphrase, domain] = process.argv.slice(2);
const values = await KeyFile.fromFile(path).decryptDomain(domain, new Creds(user, passphrase));
clearInterval(timer);
console.log(JSON.stringify({ values: Object.fromEntries(values), turns }));
`;

const NODE = nodeNamed("node24");
const lack = NODE === undefined ? " (skipped: tests/bundlers cannot be installed)" : "";
const TIMEOUT = 300_000;

let project = "";

beforeAll(() => {
	if (NODE === undefined) return;
	project = createProject();
	writeExamples(project);
	compileProject(project, "nodenext");
	writeFileSync(join(project, "read.mjs"), READ);
}, TIMEOUT);

function vectorArguments(name: string, domain: string): string[] {
	const [{ user = "", passphrase = "" } = {}] = VECTORS.get(name)?.custodians ?? [];
	return [vectorPath(name), user, passphrase, domain];
}

describe.skipIf(NODE === undefined)(`the package${lack}`, () => {
	test(
		"publint finds nothing to improve",
		() => {
			const publint = join(BUNDLERS, "node_modules/publint/src/cli.js");
			const installed = join(project, "node_modules/pprotect");
			const output = mustRunIn(installed, NODE ?? "", publint, "--pack", "false", "--strict");
			expect(output).toContain("All good!");
		},
		TIMEOUT,
	);

	test(
		"its types are found however TypeScript looks for them",
		() => {
			const attw = join(BUNDLERS, "node_modules/@arethetypeswrong/cli/dist/index.js");
			const [tarball = ""] = readdirSync(project).filter((name) => name.endsWith(".tgz"));
			mustRunIn(project, NODE ?? "", attw, tarball, "--profile", "esm-only");
		},
		TIMEOUT,
	);
});

const RUNTIMES: readonly (readonly [string, readonly string[]])[] = [
	...["node20", "node22", "node24", "node26"].map((name) => runtime(name, nodeNamed(name))),
	// With the permissions that docs/library.md names.
	runtime("deno", deno(), "run", "--allow-read", "--allow-env", "--allow-sys=uid", "--allow-write"),
];

function runtime(name: string, program: string | undefined, ...args: readonly string[]) {
	return [titleOf(name, program), program === undefined ? [] : [program, ...args]] as const;
}

describe.each([...RUNTIMES])("under %s", (_, command) => {
	const onRuntime = test.skipIf(command.length === 0);

	// Argon2id takes the runtime's own code from Node 24.7 on, and JavaScript before.
	onRuntime.each([
		["v1-argon2id-fast.yaml", "dev", 2],
		["v2-raw.yaml", "ci", 0],
		["v3-scrypt-fast.yaml", "prod", 2],
	])(
		"%s is decrypted, and a derivation leaves time for others",
		(name, domain, minTurns) => {
			const args = vectorArguments(name, domain);
			const { stdout, stderr } = runIn(project, [...command, "read.mjs", ...args]);
			expect(stderr).toBe("");
			const { values, turns } = JSON.parse(stdout);
			expect(values).toEqual(VECTORS.get(name)?.domains[domain]);
			expect(turns).toBeGreaterThanOrEqual(minTurns);
		},
		TIMEOUT,
	);

	onRuntime(
		"the documents' examples print what they say, one after the other",
		async () => {
			const { cwd, alice } = await createExampleTeam();
			expectExamples((name) => runIn(cwd, [...command, join(project, `${name}.js`)], alice.env));
		},
		TIMEOUT,
	);
});

test.skipIf(NODE === undefined)(
	`the documents' examples, bundled for Node, print what they say${lack}`,
	async () => {
		const bundles = join(project, "bundles");
		const examples = EXAMPLES.map(({ name }) => join(project, `${name}.js`));
		const esbuild = bundlersFile("@esbuild/linux-x64/bin/esbuild") ?? "";
		const flags = ["--bundle", "--platform=node", "--format=esm", `--outdir=${bundles}`];
		mustRunIn(project, esbuild, ...flags, ...examples);
		const { cwd, alice } = await createExampleTeam();
		const elsewhere = join(cwd, "bundles");
		cpSync(bundles, elsewhere, { recursive: true });
		writeFileSync(join(elsewhere, "package.json"), '{ "type": "module" }');
		expectExamples((name) => runIn(cwd, [NODE ?? "", join(elsewhere, `${name}.js`)], alice.env));
	},
	TIMEOUT,
);

test.skipIf(nodeNamed("node20") === undefined)(
	titleOf(
		"@node-rs/argon2 derives the same keys, where an application has it",
		nodeNamed("node20"),
	),
	() => {
		const folder = join(project, "node_modules/@node-rs");
		cpSync(join(BUNDLERS, "node_modules/@node-rs"), folder, { recursive: true });
		try {
			const vector = "v1-argon2id-fast.yaml";
			const args = vectorArguments(vector, "dev");
			const program = `${READ}
				const loaded = process.report.getReport().sharedObjects.join(" ");
				console.error(loaded.includes("argon2") ? "native" : "JavaScript");`;
			writeFileSync(join(project, "native.mjs"), program);
			const node = nodeNamed("node20") ?? "";
			const { stdout, stderr } = runIn(project, [node, "native.mjs", ...args]);
			expect(stderr).toBe("native\n");
			expect(JSON.parse(stdout).values).toEqual(VECTORS.get(vector)?.domains.dev);
		} finally {
			rmSync(folder, { recursive: true });
		}
	},
	TIMEOUT,
);
