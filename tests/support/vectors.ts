/** The protected files of tests/vectors, most of them written by the Python tool, and what they hold. */
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import expected from "../vectors/expected.json" with { type: "json" };
import { scratchFolder } from "./pprotect.ts";

export interface ExpectedFile {
	readonly audit_log: readonly string[];
	readonly custodians: readonly {
		readonly user: string;
		readonly passphrase: string;
		/** Those that they own. */
		readonly domains: readonly string[];
	}[];
	/** By domain and secret, the values. */
	readonly domains: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const FOLDER = join(import.meta.dir, "../vectors");

/** By file name. A `Map`, as a domain there is named `__proto__`. */
export const VECTORS: ReadonlyMap<string, ExpectedFile> = new Map(Object.entries(expected));

/** The path of a vector. */
export function vectorPath(name: string): string {
	return join(FOLDER, name);
}

export function vectorText(name: string): string {
	return readFileSync(vectorPath(name), "utf8");
}

/** A new folder with the vector as its protected.yaml. */
export function copyVector(name: string): string {
	const cwd = scratchFolder();
	copyFileSync(vectorPath(name), join(cwd, "protected.yaml"));
	return cwd;
}
