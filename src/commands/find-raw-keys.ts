/** Finds raw keys, which open all that a machine owns, in files that are about to be committed. */
import { findObjects } from "../system/git/commits.ts";
import { readObjects } from "../system/git/git.ts";
import type { Finding } from "../team/finding.ts";

/** So many bytes of files are looked at together. */
const BATCH = 16 * 1024 * 1024;
/** A file beyond it holds no key that somebody saved. */
const LARGEST = 16 * 1024 * 1024;

/** By path from the top of the work tree. */
export function findRawKeys(root: string, paths: readonly string[]): Map<string, Finding[]> {
	const found = new Map<string, Finding[]>();
	const objects = findObjects(
		root,
		paths.map((path) => `:0:${path}`),
	);
	let batch: { path: string; id: string }[] = [];
	let bytes = 0;
	const search = () => {
		const texts = readObjects(
			root,
			batch.map(({ id }) => id),
		);
		for (const [index, { path }] of batch.entries()) {
			const findings = rawKeysIn(root, path, texts[index]);
			if (findings.length > 0) found.set(path, findings);
		}
		batch = [];
		bytes = 0;
	};
	for (const [index, path] of paths.entries()) {
		const object = objects[index];
		if (!object || object.size > LARGEST) continue;
		if (bytes + object.size > BATCH) search();
		batch.push({ path, id: object.id });
		bytes += object.size;
	}
	search();
	return found;
}

function rawKeysIn(root: string, path: string, bytes: Uint8Array | undefined): Finding[] {
	const keys = keysIn(bytes);
	if (keys.length === 0) return [];
	// What is committed already is not kept out any more.
	const [committed] = readObjects(root, [`HEAD:${path}`]);
	const known = new Set(keysIn(committed).map(({ key }) => key));
	return keys
		.filter(({ key }) => !known.has(key))
		.map(({ line }) => ({
			line,
			level: "problem",
			code: "raw-key",
			what: "holds a raw key, with which anybody opens what its custodian owns",
			todo: "take it out of the commit (git rm --cached), add it to .gitignore, and make a new one if it was pushed: pprotect rekey-custodian",
		}));
}

function keysIn(bytes: Uint8Array | undefined): { key: string; line: number }[] {
	if (!bytes) return [];
	// PowerShell writes UTF-16: without its zero bytes it is the same text.
	const text = Buffer.from(bytes).toString("latin1").replaceAll("\0", "");
	return Array.from(text.matchAll(/P[0-9a-f]{64}P/g), ({ 0: key, index }) => ({
		key,
		line: text.slice(0, index).split("\n").length,
	}));
}
