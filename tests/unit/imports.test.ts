/** The order of the house, as ARCHITECTURE.md draws it: imports run one way. */
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import manifest from "../../package.json" with { type: "json" };

const SRC = join(import.meta.dir, "../../src");

/** What each part may import beside itself; `errors.ts` and `version.ts` may be by all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
	"errors.ts": [],
	"version.ts": [],
	"exit-status.ts": [],
	crypto: [],
	format: ["crypto"],
	model: ["crypto", "format"],
	team: ["crypto", "format", "model"],
	values: ["crypto", "format"],
	system: ["format"],
	cli: ["system", "format"],
	"seal-page": ["crypto", "format", "model", "team", "values"],
	commands: ["crypto", "format", "model", "team", "values", "system", "cli", "seal-page"],
	"main.ts": ["commands", "cli"],
	library: ["crypto", "model", "values", "system"],
	"index.ts": ["library", "model"],
};
const BY_ALL = ["errors.ts", "version.ts", "exit-status.ts"];

/** These also run under Node, as a library. */
const PURE_PARTS = [
	"errors.ts",
	"crypto",
	"format",
	"model",
	"team",
	"values",
	"library",
	"seal-page",
];

interface SourceFile {
	/** Below src, with `/`. */
	readonly path: string;
	/** The folder or, right below src, the file. */
	readonly part: string;
	/** Without comments. */
	readonly code: string;
	/** As they are written, types included. */
	readonly imports: readonly string[];
}

const FILES: readonly SourceFile[] = readdirSync(SRC, { recursive: true, encoding: "utf8" })
	.filter((path) => path.endsWith(".ts"))
	.map((path) => {
		const code = withoutComments(readFileSync(join(SRC, path), "utf8"));
		const imports = code.matchAll(/(?:\bfrom|\bimport\(?)\s*"([^"]+)"/g);
		return {
			path: path.split(sep).join("/"),
			part: partOf(path),
			code,
			imports: [...imports].flatMap(([, specifier = ""]) => targetsOf(path, specifier)),
		};
	});

/** Where an import leads: `#` names lead, by package.json, to one of several files. */
function targetsOf(path: string, specifier: string): string[] {
	if (!specifier.startsWith("#")) return [specifier];
	const entry: unknown = new Map<string, unknown>(Object.entries(manifest.imports)).get(specifier);
	const files = typeof entry === "string" ? [entry] : Object.values(entry ?? {});
	const folder = dirname(join(SRC, path));
	return files.map((file) => `./${relative(folder, join(SRC, "..", String(file)))}`);
}

function partOf(path: string): string {
	return path.split(sep)[0] ?? "";
}

function withoutComments(text: string): string {
	return text.replace(/^\s*\/\*.*?\*\/|(^|\s)\/\/.*$/gms, (comment) =>
		comment.startsWith("//") || /^\s/.test(comment) ? "\n" : "",
	);
}

/** The part of src that a relative import leads to. */
function target(file: SourceFile, specifier: string): string {
	return partOf(relative(SRC, resolve(SRC, dirname(file.path), specifier)));
}

test("there is something to look at", () => {
	expect(FILES.length).toBeGreaterThan(50);
	expect(FILES.flatMap(({ imports }) => imports).length).toBeGreaterThan(200);
});

test("every part has its place", () => {
	const parts = new Set(FILES.map(({ part }) => part));
	expect([...parts].filter((part) => MAY_IMPORT[part] === undefined)).toEqual([]);
});

test("no import runs back", () => {
	const arrows = FILES.flatMap((file) =>
		file.imports
			.filter((specifier) => specifier.startsWith("."))
			.map((specifier) => ({ file, to: target(file, specifier) }))
			.filter(({ file: { part }, to }) => {
				const allowed = [part, ...BY_ALL, "..", ...(MAY_IMPORT[part] ?? [])];
				return !allowed.includes(to);
			})
			.map(({ file: { path }, to }) => `${path} -> ${to}`),
	);
	expect(arrows).toEqual([]);
});

test("no imports make a circle, also of types and those that load later", () => {
	const importsOf = new Map(
		FILES.map((file) => [
			file.path,
			file.imports
				.filter((specifier) => specifier.startsWith("."))
				.map((specifier) => {
					return relative(SRC, resolve(SRC, dirname(file.path), specifier))
						.split(sep)
						.join("/");
				}),
		]),
	);
	const done = new Set<string>();
	const circles: string[] = [];
	const visit = (path: string, way: readonly string[]): void => {
		if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(" -> "));
		if (way.includes(path) || done.has(path)) return;
		for (const next of importsOf.get(path) ?? []) visit(next, [...way, path]);
		done.add(path);
	};
	for (const { path } of FILES) visit(path, []);
	expect(circles).toEqual([]);
});

test("clipanion is known to cli and to the commands, and to nothing else", () => {
	const users = FILES.filter(({ imports }) => imports.includes("clipanion"));
	const strangers = users.filter(({ part }) => part !== "cli" && part !== "commands");
	expect(strangers.map(({ path }) => path)).toEqual([]);
	const commands = readFileSync(join(SRC, "commands/registry.ts"), "utf8");
	const others = users
		.filter(({ part, path }) => part === "commands" && path !== "commands/registry.ts")
		.filter(({ path }) => !commands.includes(`import("./${path.replace("commands/", "")}")`));
	expect(others.map(({ path }) => path)).toEqual([]);
});

test("what leaves src is package.json, for the version", () => {
	const outside = FILES.filter((file) =>
		file.imports.some((specifier) => specifier.startsWith(".") && target(file, specifier) === ".."),
	);
	expect(outside.map(({ path }) => path)).toEqual(["version.ts"]);
});

describe("the core", () => {
	const pure = FILES.filter(({ part }) => PURE_PARTS.includes(part));

	test("imports nothing of Bun and nothing of Node", () => {
		// Types are not imports: crypto/node-crypto.ts asks the runtime for the module itself.
		const impure = pure.flatMap(({ path, code }) =>
			[...code.matchAll(/(?:\bfrom|(?<!typeof )\bimport\(?)\s*"((?:bun|node):[^"]+)"/g)].map(
				([, name]) => `${path} -> ${name}`,
			),
		);
		expect(impure).toEqual([]);
	});

	test("uses no global of one runtime", () => {
		const uses = pure.filter(({ code }) => /\b(Bun|Deno|Buffer)\b[.(]/.test(code));
		expect(uses.map(({ path }) => path)).toEqual([]);
	});
});

test("only main.ts and system touch the process", () => {
	const uses = FILES.filter(({ part }) => part !== "main.ts" && part !== "system").filter(
		({ code }) => /(?<![.\w])process\s*[.[]/.test(code) || /"node:process"/.test(code),
	);
	expect(uses.map(({ path }) => path)).toEqual([]);
});

test("imports name files, with their ending", () => {
	const bare = FILES.flatMap(({ path, imports }) =>
		imports
			.filter((name) => name.startsWith(".") && !/\.(ts|json|sh|bash|zsh|fish|ps1|txt)$/.test(name))
			.map((name) => `${path} -> ${name}`),
	);
	expect(bare).toEqual([]);
});
