import manifest from "../package.json" with { type: "json" };

/** The version of pprotect, from package.json and nowhere else. */
export const VERSION: string = manifest.version;
