/** With which driver git merges a file, now and as a commit has it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gitAnswer, type TrackedPath } from "./git.ts";

/** The driver's name in `.gitattributes`; undefined where none is named. */
export function mergeDriverOf({ root, path }: TrackedPath): string | undefined {
	return attributeOf(gitAnswer(root, ["check-attr", "-z", "merge", "--", path]));
}

/** The same as a commit has it: older versions of git look at an index only. */
export function mergeDriverIn({ root, path }: TrackedPath, commit: string): string | undefined {
	const folder = mkdtempSync(join(tmpdir(), "pprotect-index-"));
	try {
		const index = { GIT_INDEX_FILE: join(folder, "index") };
		gitAnswer(root, ["read-tree", commit], { variables: index });
		const ask = ["check-attr", "-z", "--cached", "merge", "--", path];
		return attributeOf(gitAnswer(root, ask, { variables: index }));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function attributeOf(fields: Uint8Array): string | undefined {
	const [, , value] = new TextDecoder().decode(fields).split("\0");
	return value === "unspecified" ? undefined : value;
}
