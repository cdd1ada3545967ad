/** The Homebrew formula, from packaging/homebrew/pprotect.rb.template. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { ROOT } from "../compile.ts";
import { targetNamed } from "../targets.ts";
import { archiveName } from "./contents.ts";

/** @param sums SHA-256 by file name. */
export function formula(sums: ReadonlyMap<string, string>): string {
	const path = join(ROOT, "packaging", "homebrew", "pprotect.rb.template");
	const fixed = new Map([
		["DESCRIPTION", manifest.description],
		["HOMEPAGE", manifest.homepage],
		["VERSION", manifest.version],
	]);
	return readFileSync(path, "utf8").replace(
		/@([A-Z0-9]+)(?: ([a-z0-9-]+))?@/g,
		(mark, word, target) => {
			const file = target === undefined ? "" : `${archiveName(targetNamed(target))}.tar.xz`;
			const value =
				word === "URL" ? downloadUrl(file) : word === "SHA256" ? sums.get(file) : fixed.get(word);
			if (value === undefined) throw new Error(`nothing is known for ${mark}`);
			return value;
		},
	);
}

/** Where a file of this version's release can be had. The address is package.json's homepage. */
export function downloadUrl(file: string): string {
	return `${manifest.homepage}/releases/download/v${manifest.version}/${file}`;
}
