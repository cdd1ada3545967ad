/**
 * The library where there is none of Node's modules and no `Buffer`: reading a file, opening and
 * adding a secret. In bundles that are made without any setting for it.
 */
import { beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BUNDLERS } from "../../scripts/bundlers.ts";
import { bundlersFile, nodeNamed } from "../support/bundlers.ts";
import { CHROMIUM, lackOfBrowser } from "../support/chromium.ts";
import { createProject, mustRunIn } from "../support/library.ts";
import { VECTORS, vectorText } from "../support/vectors.ts";

const PROGRAM = `
import { Creds, KeyFile } from "pprotect";

globalThis.tryLibrary = async (text, user, passphrase, domain) => {
	const file = KeyFile.parse(text);
	const custodian = await file.unlock(new Creds(user, passphrase));
	const values = file.decryptDomain(domain, custodian);
	const changed = KeyFile.parse(file.addSecret(domain, "added-here", "välue").encode());
	let noFiles = "";
	try {
		KeyFile.fromFile("protected.yaml");
	} catch (error) {
		noFiles = error.name + ": " + error.message;
	}
	const added = changed.decryptDomain(domain, custodian, ["added-here"]).get("added-here");
	return JSON.stringify({ values: Object.fromEntries(values), added, noFiles });
};
`;

/** Bytes of the minified bundle of the program: a page has to fetch them. */
const LARGEST_BUNDLE = 240_000;

const NODE = nodeNamed("node24");
const lack = NODE === undefined ? " (skipped: tests/bundlers cannot be installed)" : "";
const TIMEOUT = 600_000;

let project = "";

beforeAll(() => {
	if (NODE === undefined) return;
	project = createProject(BUNDLERS);
	writeFileSync(join(project, "program.mjs"), PROGRAM);
}, TIMEOUT);

function bundle(bundler: string): string {
	const folder = mkdtempSync(join(project, "built-"));
	const command = [NODE ?? "", join(BUNDLERS, "build.mjs"), bundler];
	const name = mustRunIn(project, ...command, join(project, "program.mjs"), folder).trim();
	return join(folder, name);
}

/** Runs the program with a driver of the folder, on a file that needs yaml. */
function expectRun(driver: string, ...drivers: readonly string[]): void {
	for (const [vector, domain] of [
		["v2-raw.yaml", "ci"],
		["v3-scrypt-fast.yaml", "prod"],
	] as const) {
		const { custodians = [], domains = {} } = VECTORS.get(vector) ?? {};
		const [{ user = "", passphrase = "" } = {}] = custodians;
		const text = vectorText(vector).replace(`\n${domain}:`, `\n"${domain}":`);
		const command = [NODE ?? "", join(BUNDLERS, driver), ...drivers];
		const output = mustRunIn(project, ...command, text, user, passphrase, domain);
		expect(JSON.parse(output)).toEqual({
			values: domains[domain],
			added: "välue",
			noFiles: "ProtectError: there are no files here",
		});
	}
}

describe.skipIf(lackOfBrowser !== "")(`in Chromium${lackOfBrowser}`, () => {
	test.each(["esbuild-browser", "webpack-browser", "vite-browser"])(
		"%s",
		(bundler) => expectRun("in-chromium.mjs", CHROMIUM ?? "", bundle(bundler)),
		TIMEOUT,
	);
});

describe.skipIf(NODE === undefined)(`in workers and pages${lack}`, () => {
	test.skipIf(bundlersFile("workerd/bin/workerd") === undefined)(
		"workerd, without its parts of Node",
		() => expectRun("in-workerd.mjs", bundle("esbuild-worker")),
		TIMEOUT,
	);

	test(
		`a page fetches no more than ${LARGEST_BUNDLE} bytes`,
		() => expect(statSync(bundle("esbuild-browser")).size).toBeLessThanOrEqual(LARGEST_BUNDLE),
		TIMEOUT,
	);
});
