/** Templates under packaging/, filled in with what is known of a release. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { ROOT } from "../compile.ts";
import { targetNamed } from "../targets.ts";
import { archiveName } from "./contents.ts";

export interface Filling {
	/** The archives' ending, such as `tar.xz`. */
	readonly ending: string;
	/** SHA-256 by file name. */
	readonly sums: ReadonlyMap<string, string>;
}

/**
 * A template has words such as `@VERSION@`, and such as `@URL macos-x64@` of the archive of a target.
 *
 * @throws Error where it asks for something that is not known.
 */
export function fillTemplate(template: string, { ending, sums }: Filling): string {
	const fixed = new Map([
		["DESCRIPTION", manifest.description],
		["HOMEPAGE", manifest.homepage],
		["VERSION", manifest.version],
	]);
	const ofArchive = (word: string, name: string) => {
		const folder = archiveName(targetNamed(name));
		const file = `${folder}.${ending}`;
		const known = { URL: downloadUrl(file), SHA256: sums.get(file), FOLDER: folder };
		return new Map(Object.entries(known)).get(word);
	};
	const text = readFileSync(join(ROOT, "packaging", template), "utf8");
	return text.replace(/@([A-Z0-9]+)(?: ([a-z0-9-]+))?@/g, (mark, word, target) => {
		const value = target === undefined ? fixed.get(word) : ofArchive(word, target);
		if (value === undefined) throw new Error(`nothing is known for ${mark}`);
		return value;
	});
}

/** Where a file of this version's release can be had. The address is package.json's homepage. */
function downloadUrl(file: string): string {
	return `${manifest.homepage}/releases/download/v${manifest.version}/${file}`;
}
