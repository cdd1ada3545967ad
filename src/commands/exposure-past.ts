/** All versions of a protected file that git has, for who was able to open what. */
import { ProtectError } from "../errors.ts";
import { conflictSides } from "../format/conflict-markers.ts";
import type { FileData } from "../format/data.ts";
import { readProtected } from "../format/read.ts";
import {
	allFileCommits,
	lastFileCommit,
	type RefCommit,
	revertedCommits,
} from "../system/git/all-commits.ts";
import { commitOf, findObjects, type GitObject } from "../system/git/commits.ts";
import { GitError, readObjects, refusedRepository, type TrackedPath } from "../system/git/git.ts";
import { isShallow, movedFile } from "../system/git/history.ts";
import type { ExposureHistory, PastCommit } from "../team/exposure-history.ts";
import { findInGit } from "./check-past.ts";

/** So many bytes of versions are read unless all are asked for: a few seconds' work. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Of versions that are read with one call of git. */
const BATCH_BYTES = 8 * 1024 * 1024;
/** A file that moved more often is not followed. */
const MOST_PATHS = 16;

interface PastOptions {
	/** However long that takes. */
	readonly isUnlimited?: boolean;
}

/**
 * The versions of the file in all commits of all refs, and the file itself; undefined where no
 * commit has it.
 */
export function exposurePast(
	place: TrackedPath,
	file: FileData,
	options: PastOptions = {},
): ExposureHistory | undefined {
	return new ExposurePastReader(place.root, options).read(place.path, file);
}

/** The same for a file wherever it lies. Where Git cannot tell, that is what was not seen. */
export function exposurePastOf(path: string, file: FileData): ExposureHistory | undefined {
	const place = findInGit(path);
	if (!place) {
		const refusal = refusedRepository(path);
		return refusal === undefined ? undefined : nothingSeen(`Git does not tell: ${refusal}`);
	}
	try {
		return exposurePast(place, file);
	} catch (error) {
		if (!(error instanceof GitError)) throw error;
		return nothingSeen(`${error.message}; ${error.hint}`);
	}
}

function nothingSeen(why: string): ExposureHistory {
	return { commits: [], unseen: [why] };
}

interface PathCommit extends RefCommit {
	readonly path: string;
}

class ExposurePastReader {
	readonly #root: string;
	readonly #isUnlimited: boolean;
	/** By path and id. */
	readonly #objects = new Map<string, GitObject | undefined>();
	/** By the object's name. */
	readonly #versions = new Map<string, readonly FileData[]>();
	readonly #unseen = new Set<string>();

	constructor(root: string, { isUnlimited = false }: PastOptions) {
		this.#root = root;
		this.#isUnlimited = isUnlimited;
	}

	read(path: string, file: FileData): ExposureHistory | undefined {
		const commits = this.#commits(path);
		if (![...this.#objects.values()].some((object) => object !== undefined)) return undefined;
		this.#readVersions(commits);
		if (isShallow(this.#root)) {
			this.#unseen.add("the clone is shallow, so that older commits are not here");
		}
		const past = this.#past(commits);
		const tips = ["HEAD", "MERGE_HEAD"].flatMap((revision) => {
			const id = lastFileCommit({ root: this.#root, path }, revision);
			const tip = id === undefined ? undefined : past.get(nodeId(path, id));
			return tip && tip.versions.length === 0 ? tip.parents : (tip?.id ?? []);
		});
		const present: PastCommit = {
			id: "",
			name: "the file as it is",
			time: timeOf(Math.floor(Date.now() / 1000)),
			versions: [file],
			parents: [...new Set(tips)],
			sources: this.#sourcesInProgress(commits),
		};
		return { commits: [...past.values(), present], unseen: [...this.#unseen] };
	}

	/** Those of the path, and of the paths that the file has, or had, in other commits. */
	#commits(path: string): PathCommit[] {
		const all: PathCommit[] = [];
		const paths = [path];
		for (const current of paths) {
			const listed = allFileCommits({ root: this.#root, path: current });
			const commits = listed.map((commit) => ({ ...commit, path: current }));
			const names = commits.map(({ id }) => `${id}:${current}`);
			for (const [index, object] of findObjects(this.#root, names).entries()) {
				const commit = commits[index];
				if (commit) this.#objects.set(nodeId(current, commit.id), object);
			}
			all.push(...commits);
			if (paths.length >= MOST_PATHS) continue;
			for (const commit of commits) {
				if (!this.#isStart(commit) && !this.#isEnd(commit)) continue;
				const moved = movedFile(this.#root, `${commit.id}^`, { revision: commit.id }, current);
				for (const other of moved ? [moved.from, moved.to] : []) {
					if (!paths.includes(other)) paths.push(other);
				}
			}
		}
		return all;
	}

	#objectOf({ path, id }: PathCommit): GitObject | undefined {
		return this.#objects.get(nodeId(path, id));
	}

	#isStart(commit: PathCommit): boolean {
		return this.#objectOf(commit) !== undefined && !this.#hasBefore(commit);
	}

	#isEnd(commit: PathCommit): boolean {
		return this.#objectOf(commit) === undefined && this.#hasBefore(commit);
	}

	#hasBefore({ path, parents }: PathCommit): boolean {
		return parents.some((id) => this.#objects.get(nodeId(path, id)) !== undefined);
	}

	#past(commits: readonly PathCommit[]): ReadonlyMap<string, PastCommit> {
		const nodes = new Map(commits.map((commit) => [nodeId(commit.path, commit.id), commit]));
		const elsewhere = Map.groupBy(commits, ({ id }) => id);
		const before = (commit: PathCommit): string[] => [
			...commit.parents.map((id) => nodeId(commit.path, id)),
			// The commit that moved the file is in the past of both paths.
			...(this.#isStart(commit) ? (elsewhere.get(commit.id) ?? []) : [])
				.filter(({ path }) => path !== commit.path)
				.flatMap(({ path, parents }) => parents.map((id) => nodeId(path, id))),
		];
		const sources = new CommitSources(commits);
		const past = new Map<string, PastCommit>();
		for (const [id, commit] of nodes) {
			past.set(id, {
				id,
				name: commit.id.slice(0, 10),
				time: timeOf(commit.seconds),
				versions: this.#versionsOf(commit),
				parents: this.#nearest(before(commit), nodes, before),
				sources: sources.of(commit).map((source) => nodeId(source.path, source.id)),
			});
		}
		return past;
	}

	/** Of a pick, rebase or revert that Git has not finished. */
	#sourcesInProgress(commits: readonly PathCommit[]): string[] {
		const sources = new CommitSources(commits);
		const taken = ["CHERRY_PICK_HEAD", "REBASE_HEAD"].flatMap((revision) =>
			sources.find(commitOf(this.#root, revision)),
		);
		const reverted = sources.before(commitOf(this.#root, "REVERT_HEAD"));
		return [...taken, ...reverted].map(({ path, id }) => nodeId(path, id));
	}

	#versionsOf(commit: PathCommit): readonly FileData[] {
		const object = this.#objectOf(commit);
		return object ? (this.#versions.get(object.id) ?? []) : [];
	}

	/** Those that have a version, and behind the others the nearest ones that do. */
	#nearest(
		start: readonly string[],
		nodes: ReadonlyMap<string, PathCommit>,
		before: (commit: PathCommit) => readonly string[],
	): string[] {
		const found = new Set<string>();
		const seen = new Set<string>();
		const open = [...start];
		for (let id = open.pop(); id !== undefined; id = open.pop()) {
			const commit = nodes.get(id);
			if (!commit || seen.has(id)) continue;
			seen.add(id);
			if (this.#versionsOf(commit).length > 0) found.add(id);
			else open.push(...before(commit));
		}
		return [...found];
	}

	/** Reads every version once. */
	#readVersions(commits: readonly PathCommit[]): void {
		const objects = new Map(
			commits.toReversed().flatMap((commit) => {
				const object = this.#objectOf(commit);
				return object ? [[object.id, object] as const] : [];
			}),
		);
		let bytes = 0;
		let batch: GitObject[] = [];
		const flush = () => {
			if (batch.length === 0) return;
			const texts = readObjects(
				this.#root,
				batch.map(({ id }) => id),
			);
			for (const [index, { id }] of batch.entries()) this.#readVersion(id, texts[index]);
			batch = [];
		};
		let waiting = 0;
		for (const object of objects.values()) {
			bytes += object.size;
			if (bytes > MOST_BYTES && !this.#isUnlimited) {
				this.#unseen.add(
					"the history is long, and its oldest versions were not read (--history reads all)",
				);
				break;
			}
			batch.push(object);
			waiting += object.size;
			if (waiting < BATCH_BYTES) continue;
			flush();
			waiting = 0;
		}
		flush();
	}

	#readVersion(id: string, bytes: Uint8Array | undefined): void {
		if (!bytes) this.#unseen.add("the clone does not have all versions");
		const versions = bytes ? versionsIn(bytes) : [];
		if (versions.length === 0 && bytes && mayHoldKeys(bytes)) {
			this.#unseen.add(`one of its versions in Git is damaged (object ${id.slice(0, 10)})`);
		}
		this.#versions.set(id, versions);
	}
}

/**
 * The commits whose values another puts back or brings in without their history: what it was
 * picked or rebased from, as its author and time show, and what it reverts, as its message says.
 */
class CommitSources {
	readonly #byId: Map<string, PathCommit[]>;
	readonly #byAuthor: Map<string, PathCommit[]>;

	constructor(commits: readonly PathCommit[]) {
		this.#byId = Map.groupBy(commits, ({ id }) => id);
		this.#byAuthor = Map.groupBy(commits, ({ author }) => author);
	}

	of(commit: PathCommit): PathCommit[] {
		const taken = commit.isCopy ? (this.#byAuthor.get(commit.author) ?? []) : [];
		const reverted = revertedCommits(commit.message).flatMap((id) => this.before(id));
		return [...taken.filter(({ id }) => id !== commit.id), ...reverted];
	}

	find(id: string | undefined): readonly PathCommit[] {
		return this.#byId.get(id ?? "") ?? [];
	}

	before(id: string | undefined): PathCommit[] {
		return this.find(id).flatMap(({ parents }) => parents.flatMap((parent) => this.find(parent)));
	}
}

function nodeId(path: string, commit: string): string {
	return `${path} ${commit}`;
}

/** What the file says; what each side says where it has conflict markers. */
function versionsIn(bytes: Uint8Array): FileData[] {
	const whole = dataOf(bytes);
	if (whole) return [whole];
	const { first, second } = conflictSides(new TextDecoder().decode(bytes));
	const sides = [first, second].map((text) => dataOf(new TextEncoder().encode(text)));
	return sides.every((side) => side !== undefined) ? sides : [];
}

/** A file that was something else, or empty, hides nobody. */
function mayHoldKeys(bytes: Uint8Array): boolean {
	return /[A-Za-z0-9+/]{40}/.test(new TextDecoder().decode(bytes));
}

function dataOf(bytes: Uint8Array): FileData | undefined {
	try {
		return readProtected(bytes, "").data;
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}

function timeOf(seconds: number): string {
	return `${new Date(seconds * 1000).toISOString().slice(0, "YYYY-MM-DDTHH:MM:SS".length)}Z`;
}
