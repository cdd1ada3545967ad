import manifest from "../package.json" with { type: "json" };

/** The version of pprotect, from package.json and nowhere else. */
export const VERSION: string = manifest.version;

/** The PocketProtector whose files and habits are matched. */
export const PEER_VERSION = "26.4";

declare const PPROTECT_BUILD: string | undefined;

/** The target and the commit that the program was built from, such as `linux-x64, 7ceec56`. */
export const BUILD: string =
	typeof PPROTECT_BUILD === "string" ? PPROTECT_BUILD : "not built for a release";
