/** `bun run build:library [FOLDER]`: the npm package, as it is published, into dist/library or FOLDER. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { ROOT } from "./compile.ts";
import { libraryManifest } from "./library/manifest.ts";
import { tool } from "./tools.ts";

const PACKAGE = resolve(process.argv[2] ?? join(ROOT, "dist/library"));
const MODULES = join(PACKAGE, "lib");

/** What a user of the package may want to read. */
const DOCUMENTS = ["README.md", "LICENSE", "SECURITY.md", "docs"];

rmSync(PACKAGE, { recursive: true, force: true });
if (!tool("tsc", "--project", "tsconfig.library.json", "--outDir", MODULES)) {
	throw new Error("the library does not compile");
}
await bundleYaml();
const manifest = libraryManifest();
const entries = ["index.js", ...modulesOf(manifest.imports)];
removeAllBut(new Set([...reachable(entries), ...reachable(["index.d.ts"])]));
writeFileSync(join(PACKAGE, "package.json"), `${JSON.stringify(manifest, null, "\t")}\n`);
for (const name of DOCUMENTS) cpSync(join(ROOT, name), join(PACKAGE, name), { recursive: true });
console.log(`built ${relative(process.cwd(), PACKAGE)}`);

/**
 * Puts yaml's own code into the module that uses it. As a dependency it would be CommonJS under
 * Node, which a bundle that is an ES module cannot hold.
 */
async function bundleYaml(): Promise<void> {
	const yaml = dirname(Bun.resolveSync("yaml/package.json", ROOT));
	const { version } = await Bun.file(join(yaml, "package.json")).json();
	const licence = readFileSync(join(yaml, "LICENSE"), "utf8")
		.trim()
		.replaceAll(/\n(.*)/g, (_, line: string) => `\n * ${line}`.trimEnd());
	await Bun.build({
		entrypoints: [join(ROOT, "src/format/static-yaml.ts")],
		outdir: join(MODULES, "format"),
		format: "esm",
		target: "browser",
		minify: { whitespace: true, syntax: true, identifiers: false },
		banner: `/*! With parts of yaml ${version}:\n *\n * ${licence}\n */`,
	});
}

/** The modules that the conditions of `imports` lead to, below {@link MODULES}. */
function modulesOf(imports: unknown): string[] {
	if (typeof imports === "string") return [imports.replace("./lib/", "")];
	return typeof imports === "object" && imports !== null
		? Object.values(imports).flatMap(modulesOf)
		: [];
}

/** The files that `entries` import, directly or not, themselves among them. */
function reachable(entries: readonly string[]): Set<string> {
	const found = new Set<string>();
	const visit = (file: string): void => {
		if (found.has(file)) return;
		found.add(file);
		const ending = file.endsWith(".d.ts") ? ".d.ts" : ".js";
		const text = readFileSync(join(MODULES, file), "utf8");
		for (const [, specifier = ""] of text.matchAll(
			/(?:\bfrom|\bimport\(?)\s*"(\.[^"]+)\.[jt]s"/g,
		)) {
			const path = resolve(MODULES, dirname(file), `${specifier}${ending}`);
			visit(relative(MODULES, path));
		}
	};
	for (const entry of entries) visit(entry);
	return found;
}

function removeAllBut(kept: ReadonlySet<string>): void {
	for (const file of readdirSync(MODULES, { recursive: true, encoding: "utf8" })) {
		if (/\.[jt]s$/.test(file) && !kept.has(file)) rmSync(join(MODULES, file));
	}
}
