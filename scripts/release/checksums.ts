/** SHA256SUMS, as sha256sum writes and checks it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** SHA-256 in hexadecimal, by name. */
export function checksums(folder: string, names: readonly string[]): Map<string, string> {
	return new Map(
		names.toSorted().map((name) => {
			const bytes = readFileSync(join(folder, name));
			return [name, createHash("sha256").update(bytes).digest("hex")] as const;
		}),
	);
}

/** The text of SHA256SUMS. */
export function checksumLines(sums: ReadonlyMap<string, string>): string {
	return [...sums].map(([name, sum]) => `${sum}  ${name}\n`).join("");
}
