/**
 * `bun scripts/seal-page.ts`: makes the page that seals, one file without anything beside it. The
 * binary holds it, and a release has it as `pprotect-seal.html`.
 */
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "../src/version.ts";
import { ROOT, SEAL_PAGE } from "./compile.ts";
import { packageLicenses } from "./release/third-party.ts";

const SOURCES = join(ROOT, "src/seal-page");

/** What the page is made with in place of what the binary has. */
const REPLACED: readonly (readonly [RegExp, string])[] = [
	[/^#yaml$/, "src/format/static-yaml.ts"],
	[/^#x25519$/, "src/crypto/static-x25519.ts"],
	[/^\.\/(argon2id|scrypt)\.ts$/, "src/seal-page/no-derivation.ts"],
];

/** The packages that the page has parts of. */
const PACKAGES = new Set(["@noble/ciphers", "@noble/curves", "@noble/hashes", "diff", "yaml"]);

const script = await bundle(join(SOURCES, "page.ts"));
const style = await bundle(join(SOURCES, "page.css"));
const page = fill(readFileSync(join(SOURCES, "page.html"), "utf8"), {
	policy: [
		"default-src 'none'",
		`script-src '${hashOf(script)}'`,
		`style-src '${hashOf(style)}'`,
		"base-uri 'none'",
		"form-action 'none'",
		"require-trusted-types-for 'script'",
		"trusted-types 'none'",
	].join("; "),
	version: VERSION,
	licenses: licenses(),
	style,
	script,
});
// Builds for several targets run at once: none may read half of it.
const temporary = `${SEAL_PAGE}.${process.pid}`;
writeFileSync(temporary, page);
renameSync(temporary, SEAL_PAGE);

async function bundle(entry: string): Promise<string> {
	const { outputs } = await Bun.build({
		entrypoints: [entry],
		target: "browser",
		format: "iife",
		// Of identifiers too, unlike the binary, or a fifth would be more than a page should be. What
		// the page seals is compared with the binary's, and opened with libsodium.
		minify: true,
		plugins: [
			{
				name: "replaced",
				setup(build) {
					for (const [filter, path] of REPLACED) {
						build.onResolve({ filter }, () => ({ path: join(ROOT, path) }));
					}
				},
			},
		],
	});
	const [output] = outputs;
	const text = (await output?.text())?.trimEnd();
	if (!text) throw new Error(`${entry} gives nothing`);
	// Else it would end its element, or be another text to the browser that compares the hash.
	if (/<\/(script|style)|<!--|\r/i.test(text)) throw new Error(`${entry} cannot be in a page`);
	return text;
}

/** Of pprotect and all that is in the page, as text for HTML. */
function licenses(): string {
	const own = readFileSync(join(ROOT, "LICENSE"), "utf8");
	return [`pprotect\n\n${own}`, ...packageLicenses(PACKAGES)]
		.join("\n")
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;");
}

function hashOf(text: string): string {
	return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** The template with its style, its script and each `{{name}}` filled in. */
function fill(template: string, parts: Readonly<Record<string, string>>): string {
	const place = /\{\{(\w+)\}\}|(?<=<(style|script)>)(?=<\/)/g;
	return template.replace(place, (_, name?: string, tag?: string) => {
		const part = parts[name ?? tag ?? ""];
		if (part === undefined) throw new Error(`the page has no ${name}`);
		return part;
	});
}
