/** The independent reader of protected files, read_protected.py. */
import { join } from "node:path";

const READER = join(import.meta.dir, "read_protected.py");

// Another Python may come first on the PATH than the one that Debian's packages are for.
export const PYTHON = ["python3", "/usr/bin/python3"].find((name) => {
	const path = Bun.which(name);
	const script = "import nacl.pwhash, ruamel.yaml";
	return path !== null && Bun.spawnSync([path, "-c", script]).exitCode === 0;
});

export interface Reading {
	/** By custodian, domain and secret. */
	readonly values: Readonly<Record<string, unknown>>;
	readonly log: readonly string[];
	/** The file as ruamel.yaml writes it again. */
	readonly again: string;
}

/**
 * What it reads of the folder's file with passphrases, by custodian.
 *
 * @throws Error where it cannot read the file.
 */
export function readWithPython(
	cwd: string,
	passphrases: Readonly<Record<string, string>>,
): Reading {
	const { stdout, stderr, success } = Bun.spawnSync(
		[PYTHON ?? "", READER, join(cwd, "protected.yaml")],
		{ stdin: Buffer.from(JSON.stringify(passphrases)) },
	);
	if (!success) throw new Error(stderr.toString());
	return JSON.parse(stdout.toString());
}
