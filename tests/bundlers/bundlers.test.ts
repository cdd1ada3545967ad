/**
 * The library in bundles for Node that are made without any setting for it, and run where no
 * package is installed: on files of both layouts, and on files that need yaml, since a bundle that
 * lacks a part may run until somebody quotes a name.
 */
import { beforeAll, describe, expect, test } from "bun:test";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BUNDLERS } from "../../scripts/bundlers.ts";
import { nodeNamed } from "../support/bundlers.ts";
import { createProject, mustRunIn, runIn } from "../support/library.ts";
import { scratchFolder } from "../support/scratch-folder.ts";
import { VECTORS, vectorPath } from "../support/vectors.ts";

const VECTOR = "v2-raw.yaml";
const DOMAIN = "ci";

const PROGRAM = `
import { Creds, KeyFile } from "pprotect";

const [path, user, passphrase, domain] = process.argv.slice(2);
KeyFile.fromFile(path)
	.decryptDomain(domain, new Creds(user, passphrase))
	.then((values) => console.log(JSON.stringify(Object.fromEntries(values))));
`;

/** How a file may be written, all with the same content. */
const STYLES: Readonly<Record<string, (text: string) => string>> = {
	"one-line": (text) => text,
	"one-line with a quoted name": quoted,
	wrapped,
	"wrapped with a quoted name": (text) => quoted(wrapped(text)),
};

function quoted(text: string): string {
	return text.replace(/^ci:/m, '"ci":');
}

/** As the Python tool writes with ruamel.yaml from 0.18.13: long values on lines of their own. */
function wrapped(text: string): string {
	return text.replace(/^( +)(secret-\S+|\S+@\S+): (\S{60,})$/gm, "$1$2: \n$1  $3");
}

const NODE = nodeNamed("node24");
const lack = NODE === undefined ? " (skipped: tests/bundlers cannot be installed)" : "";

const BUILD = join(BUNDLERS, "build.mjs");
const BUILD_TIMEOUT = 600_000;

let project = "";
let elsewhere = "";

beforeAll(() => {
	if (NODE === undefined) return;
	// In the folder, so that what Next.js needs is found above it.
	project = createProject(BUNDLERS);
	elsewhere = scratchFolder();
	writeFileSync(join(project, "program.mjs"), PROGRAM);
	const text = readFileSync(vectorPath(VECTOR), "utf8");
	for (const [style, write] of Object.entries(STYLES)) {
		writeFileSync(join(elsewhere, `${style}.yaml`), write(text));
	}
}, 120_000);

const [{ user = "", passphrase = "" } = {}] = VECTORS.get(VECTOR)?.custodians ?? [];
const expected = VECTORS.get(VECTOR)?.domains[DOMAIN];

function expectAllStyles(program: string, runtime = NODE ?? ""): void {
	for (const style of Object.keys(STYLES)) {
		const command = [runtime, program, `${style}.yaml`, user, passphrase, DOMAIN];
		const { stdout, stderr } = runIn(elsewhere, command);
		expect({ style, stderr }).toEqual({ style, stderr: "" });
		expect(JSON.parse(stdout)).toEqual(expected);
	}
}

describe.skipIf(NODE === undefined)(`bundled for Node${lack}`, () => {
	test.each(["esbuild-esm", "esbuild-cjs", "rollup", "webpack", "vite"])(
		"%s",
		(bundler) => {
			const folder = join(elsewhere, bundler);
			mkdirSync(folder);
			const entry = join(project, "program.mjs");
			const name = mustRunIn(project, NODE ?? "", BUILD, bundler, entry, folder).trim();
			expectAllStyles(join(folder, name));
		},
		BUILD_TIMEOUT,
	);

	test(
		"bun build --target node",
		() => {
			const outfile = join(elsewhere, "bun.mjs");
			const flags = ["--target", "node", "--outfile", outfile];
			mustRunIn(project, process.execPath, "build", "program.mjs", ...flags);
			expectAllStyles(outfile);
		},
		BUILD_TIMEOUT,
	);

	test(
		"bun build --target bun",
		() => {
			const outfile = join(elsewhere, "bun.js");
			const flags = ["--target", "bun", "--outfile", outfile];
			mustRunIn(project, process.execPath, "build", "program.mjs", ...flags);
			expectAllStyles(outfile, process.execPath);
		},
		BUILD_TIMEOUT,
	);

	test.each<string[]>([["Turbopack"], ["webpack", "--webpack"]])(
		"Next.js (%s), its standalone output moved elsewhere",
		async (name = "", ...flags) => {
			const app = join(project, "app/read");
			mkdirSync(app, { recursive: true });
			writeFileSync(join(app, "route.js"), ROUTE);
			writeFileSync(join(project, "next.config.mjs"), NEXT_CONFIG);
			const next = join(BUNDLERS, "node_modules/next/dist/bin/next");
			const env = { HOME: elsewhere, NEXT_TELEMETRY_DISABLED: "1" };
			const built = runIn(project, [NODE ?? "", next, "build", ...flags], env);
			expect(built).toMatchObject({ exitCode: 0 });
			const folder = join(elsewhere, `next-${name}`);
			cpSync(join(project, ".next/standalone"), folder, { recursive: true });
			const [server = ""] = [...new Bun.Glob("**/server.js").scanSync(folder)].filter(
				(path) => !path.includes("node_modules"),
			);
			await expectServed(join(folder, server));
		},
		BUILD_TIMEOUT,
	);
});

/** A project of its own has one lock file; here Next.js would trace the whole repository. */
const NEXT_CONFIG = `export default {
	output: "standalone",
	outputFileTracingRoot: ${JSON.stringify(BUNDLERS)},
};`;

const ROUTE = `
import { Creds, KeyFile } from "pprotect";

export const dynamic = "force-dynamic";

export async function GET(request) {
	const [path, user, passphrase, domain] = JSON.parse(process.env.READ);
	const file = KeyFile.fromFile(path + new URL(request.url).searchParams.get("style") + ".yaml");
	const values = await file.decryptDomain(domain, new Creds(user, passphrase));
	return Response.json(Object.fromEntries(values));
}
`;

/** Starts Next's server on a free port and asks it for each style of the file. */
async function expectServed(server: string): Promise<void> {
	const child = Bun.spawn([NODE ?? "", server], {
		cwd: elsewhere,
		env: {
			PORT: String(freePort()),
			HOSTNAME: "127.0.0.1",
			READ: JSON.stringify([`${elsewhere}/`, user, passphrase, DOMAIN]),
		},
		stdout: "pipe",
		stderr: "inherit",
	});
	try {
		const address = await addressIn(child.stdout);
		for (const style of Object.keys(STYLES)) {
			const answer = await fetch(`${address}/read?style=${encodeURIComponent(style)}`);
			expect({ style, status: answer.status }).toEqual({ style, status: 200 });
			expect(await answer.json()).toEqual(expected);
		}
	} finally {
		child.kill();
		await child.exited;
	}
}

/** The first address that a server prints. Its output stays open: it may write on. */
async function addressIn(output: ReadableStream<Uint8Array>): Promise<string> {
	const decoder = new TextDecoder();
	const reader = output.getReader();
	for (let text = ""; ; ) {
		const { done, value } = await reader.read();
		if (done) throw new Error(`the server ended:\n${text}`);
		text += decoder.decode(value, { stream: true });
		const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
		if (address !== undefined) return address;
	}
}

function freePort(): number {
	const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
	const { port = 0 } = probe;
	void probe.stop(true);
	return port;
}
