/** The versions from before the one that git shows, in which `textconv` sees what was replaced. */
import { basename } from "node:path";
import { ProtectError } from "../errors.ts";
import type { FileData } from "../format/data.ts";
import { readProtected } from "../format/read.ts";
import { fileCommits } from "../system/git/commits.ts";
import { gitOutput, locateInGit, readObjects, type TrackedPath } from "../system/git/git.ts";
import type { NamedVersion } from "../team/named-version.ts";
import { replacedInLine } from "../team/replaced-in-history.ts";
import type { ReplacedKey } from "../team/replaced-keys.ts";

/** git calls for each version of each commit that it shows, so that few are looked at. */
const MOST_VERSIONS = 16;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * The replaced keys of a version.
 *
 * @param path a file of the work tree, or a copy that git made somewhere else of an older version.
 */
export function replacedKeysAt(path: string, bytes: Uint8Array, data: FileData): ReplacedKey[] {
	try {
		const older = versionsBefore(path, bytes, data);
		return replacedInLine([{ name: "this version", data }, ...older]);
	} catch (error) {
		// git has to get the rest of the lines.
		if (error instanceof ProtectError) return [];
		throw error;
	}
}

function versionsBefore(path: string, bytes: Uint8Array, data: FileData): NamedVersion[] {
	const place = locateInGit(path) ?? trackedByName(basename(path));
	if (!place) return [];
	const commits = fileCommits(place.root, [place.path])
		.slice(0, MOST_VERSIONS)
		.map(({ id }) => id);
	const texts = readObjects(
		place.root,
		commits.map((id) => `${id}:${place.path}`),
	);
	const own = texts.findIndex((text) => text && Buffer.compare(text, bytes) === 0);
	const before = texts.slice(own + 1);
	const keys = [
		...[...data.domains.values()].map(({ publicKey }) => publicKey),
		...data.custodians.values(),
	];
	// All versions have the same keys, as most have.
	if (before.every((text) => text && keys.every((key) => Buffer.from(text).includes(key)))) {
		return [];
	}
	let left = MOST_BYTES;
	return before.flatMap((text, index) => {
		left -= text?.length ?? 0;
		const known = text && left >= 0 ? readIfSound(text) : undefined;
		const commit = commits[own + 1 + index];
		return known && commit !== undefined ? { name: commit.slice(0, 12), data: known } : [];
	});
}

/** The one file of this name that git tracks here. */
function trackedByName(name: string): TrackedPath | undefined {
	const root = gitOutput(".", ["rev-parse", "--show-toplevel"]);
	const listed = root && gitOutput(root, ["ls-files", "-z"]);
	if (!root || !listed) return undefined;
	const paths = listed.split("\0").filter((path) => path === name || path.endsWith(`/${name}`));
	const [path, ...others] = paths;
	return path !== undefined && others.length === 0 ? { root, path } : undefined;
}

function readIfSound(bytes: Uint8Array): FileData | undefined {
	try {
		return readProtected(bytes, "").data;
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}
