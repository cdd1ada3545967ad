/** What package managers read of a release: the Homebrew formula and the Scoop manifest. */
import { fillTemplate } from "./template.ts";

/** @param sums SHA-256 by file name. */
export function formula(sums: ReadonlyMap<string, string>): string {
	return fillTemplate("homebrew/pprotect.rb.template", { ending: "tar.xz", sums });
}

/** @param sums SHA-256 by file name. */
export function scoopManifest(sums: ReadonlyMap<string, string>): string {
	return fillTemplate("scoop/pprotect.json.template", { ending: "zip", sums });
}
