/** What git has of a protected file, for `check` to compare with. */
import { ProtectError, UsageError } from "../errors.ts";
import { readProtected } from "../format/read.ts";
import { assertOneMeaning } from "../system/git/ambiguous.ts";
import {
	commitOf,
	type FileCommit,
	fileCommits,
	findObjects,
	type GitObject,
	indexStages,
	MOST_COMMITS,
	mergeBases,
} from "../system/git/commits.ts";
import {
	GitError,
	locateInGit,
	nameInCommit,
	readObjects,
	refusedRepository,
	type TrackedPath,
} from "../system/git/git.ts";
import { formerPaths, isShallow, type MoveTarget } from "../system/git/history.ts";
import {
	type CommittedVersion,
	type FilePast,
	NO_PAST,
	type Origin,
	type Step,
} from "../team/file-history.ts";
import type { NamedVersion } from "../team/named-version.ts";

/** As many bytes of versions are read, so that a long history of a large file takes no minutes. */
const MOST_BYTES = 24 * 1024 * 1024;

/** The file may have been moved so often. */
const MOST_NAMES = 8;

/** What may be brought to the last commit without becoming a parent of the next, and its base. */
const BROUGHT = [
	["CHERRY_PICK_HEAD", "CHERRY_PICK_HEAD^"],
	["REBASE_HEAD", "REBASE_HEAD^"],
	["REVERT_HEAD", undefined],
	["refs/stash", undefined],
] as const;

/** Where the file lies in git; undefined outside of it, and where there is no git. */
export function findInGit(path: string): TrackedPath | undefined {
	try {
		return locateInGit(path);
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}

/** The past of a file that Git tells nothing of: where it lies in a repository, that is said. */
export function unseenPast(path: string): FilePast {
	const refusal = refusedRepository(path);
	if (refusal === undefined) return NO_PAST;
	const what = `its history in Git was not looked at: ${refusal}`;
	return { ...NO_PAST, unseen: [{ what, todo: "git status in its folder says what to do" }] };
}

export interface PastOptions {
	/** What is compared is about to be committed, so that no commit has it yet. */
	readonly isStaged?: boolean;
	/** A revision that the file is compared with too, as a pull request is. */
	readonly base?: string | undefined;
}

/**
 * The versions that the file was made from, and how they were.
 *
 * @throws UsageError for a base that is no commit, or that has none in common with the last one.
 */
export function checkPast(place: TrackedPath, bytes: Uint8Array, options: PastOptions): FilePast {
	return new PastReader(place).read(bytes, options);
}

type Steps = Omit<FilePast, "origins">;

const NO_STEPS: Steps = { recent: [], older: [], unseen: [] };

class PastReader {
	readonly #place: TrackedPath;
	/** The file's paths, now and before it was moved: the first that a commit has is meant. */
	readonly #names: string[];
	/** What git has under a name; undefined for what it does not have. */
	readonly #objects = new Map<string, GitObject | undefined>();
	/** By the object's name in git; undefined for what cannot be read. */
	readonly #data = new Map<string, NamedVersion["data"] | undefined>();
	#bytesLeft = MOST_BYTES;

	constructor(place: TrackedPath) {
		this.#place = place;
		this.#names = [...new Set([nameInCommit(place), place.path])];
	}

	read(bytes: Uint8Array, { isStaged = false, base }: PastOptions): FilePast {
		const bases = base === undefined ? [] : this.#basesOf(base);
		this.#findNames("HEAD", "staged");
		for (const commit of bases) this.#findNames(commit, { revision: "HEAD" });
		const steps = isStaged ? NO_STEPS : this.#stepsIfReadable(bases[0]);
		const compared = bases.map((commit) => {
			const before = this.#versionsOf([commit], () => base ?? commit);
			return { before, others: [], bases: [], isFarBack: true };
		});
		const origins = [...this.#present(bytes), ...compared];
		return { ...steps, origins, lineage: () => this.#lineage() };
	}

	/** The commits that the last one and the base have in common. */
	#basesOf(base: string): string[] {
		const { root } = this.#place;
		assertOneMeaning(root, base);
		const commit = commitOf(root, base);
		if (commit === undefined) {
			throw new UsageError(
				`${base} is not a commit that Git has`,
				"fetch it first; in a CI job, check out the whole history (fetch-depth: 0)",
			);
		}
		const bases = mergeBases(root, [commit, "HEAD"]);
		if (bases.length > 0) return bases;
		throw new UsageError(
			`${base} and the last commit have no commit in common here`,
			isShallow(root)
				? "the clone is shallow: get the whole history with git fetch --unshallow (in a CI job, fetch-depth: 0)"
				: "name a commit that the branch started from",
		);
	}

	/** Where a commit that lacks the file has what was moved to it. */
	#findNames(commit: string, target: MoveTarget): boolean {
		const { root } = this.#place;
		if (this.#objectIn(commit) || this.#names.length > MOST_NAMES) return false;
		const found = formerPaths(root, commit, target, nameInCommit(this.#place));
		const names = found.filter((name) => !this.#names.includes(name));
		this.#names.push(...names.slice(0, MOST_NAMES));
		return names.length > 0;
	}

	/** What the file in the work tree, or what is staged, was made from. */
	#present(bytes: Uint8Array): Origin[] {
		const { root } = this.#place;
		const brought = BROUGHT.map(([name]) => name);
		this.#find(["HEAD", "MERGE_HEAD", ...brought].flatMap(this.#inCommit));
		const head = this.#head();
		const merged = this.#versionsOf(["MERGE_HEAD"]);
		const origins: Origin[] = [];
		if (merged.length > 0) {
			const common = mergeBases(root, ["HEAD", "MERGE_HEAD"]);
			const bases = this.#versionsOf(common, shortId);
			origins.push({ before: [...head, ...merged], others: [], bases });
		}
		for (const [name, base] of BROUGHT) {
			const others = this.#versionsOf([name]);
			if (others.length === 0) continue;
			const bases = this.#versionsOf(base === undefined ? [] : [base]);
			origins.push({ before: [...head, ...merged], others, bases });
		}
		origins.push(...this.#stages());
		// What is committed as it is comes from what the commit was made from.
		if (origins.length === 0 && !this.#isCommitted(bytes)) {
			origins.push({ before: head, others: [], bases: [] });
		}
		return origins;
	}

	/** The file in the last commit, or in the last that has it. */
	#head(): NamedVersion[] {
		if (this.#objectIn("HEAD")) return this.#versionsOf(["HEAD"]);
		const parentsOf = new Map(this.#commits().map(({ id, parents }) => [id, parents]));
		const [newest] = parentsOf.keys();
		return newest === undefined
			? []
			: this.#versionsOf(this.#lastWithFile(newest, parentsOf), shortId);
	}

	/** What the index keeps of a conflict, until what was made of it is committed. */
	#stages(): Origin[] {
		const stages = indexStages(this.#place);
		const ours = stages.get(2);
		const theirs = stages.get(3);
		const common = stages.get(1);
		if (!theirs || ours !== this.#objectIn("HEAD")?.id) return [];
		const read = (id: string | undefined, name: string) => {
			if (id === undefined) return [];
			this.#find([id]);
			return this.#read([[this.#objects.get(id), name]]);
		};
		return [
			{
				before: read(ours, "HEAD"),
				others: read(theirs, "the side being merged"),
				bases: read(common, "the common ancestor"),
			},
		];
	}

	#isCommitted(bytes: Uint8Array): boolean {
		const head = this.#objectIn("HEAD");
		if (head?.size !== bytes.length) return false;
		const [committed] = readObjects(this.#place.root, [head.id]);
		return committed !== undefined && Buffer.compare(committed, bytes) === 0;
	}

	/** What Git has lost, or never fetched, hides steps, and no other finding. */
	#stepsIfReadable(without: string | undefined): Steps {
		try {
			return this.#steps(without);
		} catch (error) {
			if (!(error instanceof GitError)) throw error;
			const what = `the history of the file was not looked at: ${error.message}`;
			return { ...NO_STEPS, unseen: [{ what, todo: error.hint }] };
		}
	}

	/** The commits that made the file what it is in the last one. */
	#steps(without: string | undefined): Steps {
		const { root } = this.#place;
		const commits = this.#commits();
		const parentsOf = new Map(commits.map(({ id, parents }) => [id, parents]));
		const judged =
			without === undefined
				? undefined
				: new Set(fileCommits(root, this.#names, without).map(({ id }) => id));
		const blobOf = (commit: string) => this.#objectIn(commit)?.id;
		const touching = commits.filter(({ id, parents }) =>
			parents.some((parent) => blobOf(parent) !== blobOf(id)),
		);
		this.#preload(touching.flatMap(({ id, parents }) => [id, ...parents]));
		const recent: Step[] = [];
		const older: Step[] = [];
		const unseen: { what: string; todo: string }[] = [];
		let isRecent = true;
		for (const commit of touching) {
			const isJudged = judged?.has(commit.id) ?? isRecent;
			const parents = commit.parents.flatMap((parent) => this.#lastWithFile(parent, parentsOf));
			const step = this.#step({ ...commit, parents });
			if (step) (isJudged ? recent : older).push(step);
			// A merge that took one side as it was is no work of its own: its sides are looked at too.
			if (commit.parents.every((parent) => blobOf(parent) !== blobOf(commit.id))) isRecent = false;
			if (this.#bytesLeft > 0) continue;
			unseen.push({
				what: `the history of the file is long: what happened before ${shortId(commit.id)} was not looked at`,
				todo: "compare with the commit of an older version, too, with check --base",
			});
			break;
		}
		const start = commits.find(({ parents }) => parents.length === 0);
		if (start && isShallow(root)) {
			unseen.push({
				what: `the clone is shallow: what was before ${shortId(start.id)} could not be looked at`,
				todo: "get the whole history: git fetch --unshallow (in a CI job, fetch-depth: 0)",
			});
		}
		return { recent, older, unseen };
	}

	/** All that touched the file, with what each has of it; undefined where some are not here. */
	#lineage(): CommittedVersion[] | undefined {
		try {
			return this.#readLineage();
		} catch (error) {
			if (error instanceof GitError) return undefined;
			throw error;
		}
	}

	#readLineage(): CommittedVersion[] | undefined {
		const commits = this.#commits();
		if (commits.length >= MOST_COMMITS || isShallow(this.#place.root)) return undefined;
		this.#preload(commits.map(({ id }) => id));
		if (this.#bytesLeft <= 0) return undefined;
		return commits.map(({ id, parents }) => {
			return { id, parents, version: this.#versionsOf([id], shortId)[0] };
		});
	}

	/** All that touched the file, also under its names of before. */
	#commits(): FileCommit[] {
		const { root } = this.#place;
		for (;;) {
			const commits = fileCommits(root, this.#names);
			this.#find(commits.flatMap(({ id, parents }) => [id, ...parents].flatMap(this.#inCommit)));
			// The file may have been moved to where it came up.
			const isNew = ({ id, parents }: FileCommit) =>
				this.#objectIn(id) !== undefined && !parents.some((parent) => this.#objectIn(parent));
			const hasMore = commits
				.filter(isNew)
				.map(({ id }) => this.#findNames(`${id}^`, { revision: id }))
				.includes(true);
			if (!hasMore) return commits;
		}
	}

	/** The commit, or those before it that have the file still, where it is gone in between. */
	#lastWithFile(commit: string, parentsOf: ReadonlyMap<string, readonly string[]>): string[] {
		const found: string[] = [];
		const seen = new Set<string>();
		const next = [commit];
		for (let id = next.pop(); id !== undefined; id = next.pop()) {
			if (seen.has(id)) continue;
			seen.add(id);
			if (this.#objectIn(id)) found.push(id);
			else next.push(...(parentsOf.get(id) ?? []));
		}
		return found;
	}

	#step({ id, parents }: FileCommit): Step | undefined {
		const [version] = this.#versionsOf([id], shortId);
		if (!version) return undefined;
		const before = this.#versionsOf(parents, shortId);
		const findBases = () => this.#versionsOf(mergeBases(this.#place.root, parents), shortId);
		return {
			version,
			before,
			others: [],
			// Few are asked for, and each takes a call of git.
			get bases() {
				return parents.length > 1 ? findBases() : [];
			},
		};
	}

	readonly #inCommit = (revision: string) => this.#names.map((name) => `${revision}:${name}`);

	/** The file in a commit. */
	#objectIn(revision: string): GitObject | undefined {
		const names = this.#inCommit(revision);
		this.#find(names);
		return names.map((name) => this.#objects.get(name)).find((object) => object !== undefined);
	}

	/** Asks git for all names that it was not asked for, at once. */
	#find(names: readonly string[]): void {
		const unknown = [...new Set(names)].filter((name) => !this.#objects.has(name));
		if (unknown.length === 0) return;
		const objects = findObjects(this.#place.root, unknown);
		for (const [index, name] of unknown.entries()) this.#objects.set(name, objects[index]);
	}

	/** The versions of commits, those that there are and that can be read. */
	#versionsOf(
		commits: readonly string[],
		call: (commit: string) => string = (commit) => commit,
	): NamedVersion[] {
		this.#find(commits.flatMap(this.#inCommit));
		return this.#read(commits.map((commit) => [this.#objectIn(commit), call(commit)] as const));
	}

	#read(named: readonly (readonly [found: GitObject | undefined, name: string])[]): NamedVersion[] {
		return named.flatMap(([found, name]) => {
			if (!found) return [];
			if (!this.#data.has(found.id)) this.#load([found]);
			const data = this.#data.get(found.id);
			return data ? { name, data } : [];
		});
	}

	/** Reads the versions of commits at once, as many as may be read. */
	#preload(commits: readonly string[]): void {
		const objects = new Map<string, GitObject>();
		let bytes = 0;
		for (const commit of commits) {
			const object = this.#objectIn(commit);
			if (!object || this.#data.has(object.id)) continue;
			bytes += objects.has(object.id) ? 0 : object.size;
			if (bytes > this.#bytesLeft) break;
			objects.set(object.id, object);
		}
		this.#load([...objects.values()]);
	}

	#load(objects: readonly GitObject[]): void {
		if (objects.length === 0) return;
		const texts = readObjects(
			this.#place.root,
			objects.map(({ id }) => id),
		);
		for (const [index, { id, size }] of objects.entries()) {
			this.#bytesLeft -= size;
			this.#data.set(id, dataOf(texts[index]));
		}
	}
}

/** Undefined for what is no protected file. */
function dataOf(bytes: Uint8Array | undefined): NamedVersion["data"] | undefined {
	if (!bytes) return undefined;
	try {
		return readProtected(bytes, "").data;
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}

function shortId(commit: string): string {
	return commit.slice(0, 10);
}
