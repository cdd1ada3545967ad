/** The older versions of a file that git has, in which keys and boxes are looked for. */
import { ProtectError } from "../errors.ts";
import { readProtected } from "../format/read.ts";
import { GitError, readObjects, type TrackedPath } from "../system/git/git.ts";
import { commitsOf, isShallow } from "../system/git/history.ts";
import type { Past } from "../team/knowledge.ts";
import type { NamedVersion } from "../team/named-version.ts";

const MAX_VERSIONS = 500;
/** So many bytes of versions are read, which takes about a second. */
const MAX_BYTES = 128 * 1024 * 1024;
/** Read with one call of git. */
const BATCH = 16;

/** Keys and boxes: the shortest is a public key of 33 bytes. */
const BASE64 = /[A-Za-z0-9+/]{40,}={0,2}/g;

export class FilePast implements Past {
	readonly #place: TrackedPath;
	readonly #from: string;
	#newest: ReadonlyMap<string, string> | undefined;
	#isCut = false;

	/** @param from the commit from which to look back, and it itself. */
	constructor(place: TrackedPath, from: string) {
		this.#place = place;
		this.#from = from;
	}

	newestWith(text: string): NamedVersion | undefined {
		this.#newest ??= this.#readIfWhole();
		const commit = this.#newest.get(text);
		const [bytes] = commit === undefined ? [] : this.#versions([commit]);
		if (commit === undefined || !bytes) return undefined;
		try {
			return { name: commit.slice(0, 12), data: readProtected(bytes, commit).data };
		} catch (error) {
			if (error instanceof ProtectError) return undefined;
			throw error;
		}
	}

	/** Whether there may be older versions than those that were looked at, if any were. */
	get isCut(): boolean {
		return this.#newest !== undefined && (this.#isCut || isShallow(this.#place.root));
	}

	/** What Git has lost, or never fetched, is as good as cut off. */
	#readIfWhole(): ReadonlyMap<string, string> {
		try {
			return this.#read();
		} catch (error) {
			if (!(error instanceof GitError)) throw error;
			this.#isCut = true;
			return new Map();
		}
	}

	/** By key or box, the newest commit that has it. */
	#read(): ReadonlyMap<string, string> {
		const commits = commitsOf(this.#place, this.#from, MAX_VERSIONS);
		this.#isCut = commits.length === MAX_VERSIONS;
		const newest = new Map<string, string>();
		const decoder = new TextDecoder();
		let bytes = 0;
		for (let start = 0; start < commits.length; start += BATCH) {
			if (bytes > MAX_BYTES) {
				this.#isCut = true;
				break;
			}
			const batch = commits.slice(start, start + BATCH);
			for (const [index, version] of this.#versions(batch).entries()) {
				const commit = batch[index];
				if (!version || commit === undefined) continue;
				bytes += version.length;
				for (const [text] of decoder.decode(version).matchAll(BASE64)) {
					if (!newest.has(text)) newest.set(text, commit);
				}
			}
		}
		return newest;
	}

	#versions(commits: readonly string[]): (Uint8Array | undefined)[] {
		const { root, path } = this.#place;
		return readObjects(
			root,
			commits.map((commit) => `${commit}:${path}`),
		);
	}
}
