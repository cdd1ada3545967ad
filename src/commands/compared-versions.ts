/** The two versions that `pprotect diff` compares, from what the user typed. */
import { statSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { ConflictingOptionsError, ProtectError } from "../errors.ts";
import { commentsOf } from "../format/comments.ts";
import type { FileData } from "../format/data.ts";
import { readUnlessForeign } from "../format/foreign-file.ts";
import { shellWord } from "../format/quote.ts";
import { readProtected } from "../format/read.ts";
import { assertOneMeaning } from "../system/git/ambiguous.ts";
import {
	gitOutput,
	gitRefusal,
	locateInGit,
	nameInCommit,
	readObjects,
	stagedLinks,
	type TrackedPath,
} from "../system/git/git.ts";
import { isShallow, type MoveTarget, movedFile } from "../system/git/history.ts";
import { isPiped, loadPiped } from "../system/store/piped.ts";
import { load } from "../system/store/store.ts";
import type { FileChange } from "../team/change.ts";
import { NOTHING } from "../team/compare.ts";
import { FilePast } from "./file-past.ts";

export interface FileVersion {
	readonly data: FileData;
	readonly comments: readonly string[];
}

export interface ComparedVersions {
	readonly before: FileVersion;
	readonly after: FileVersion;
	/** Where the file has another path in the two. */
	readonly moved: FileChange | undefined;
	/** What git has from before the first; undefined where that is no commit. */
	readonly past: FilePast | undefined;
}

/** What the user typed. */
export interface Names {
	readonly old: string | undefined;
	readonly recent: string | undefined;
	/** How many of the two followed `--`, and so are files; undefined where there was no `--`. */
	readonly files: number | undefined;
	readonly staged: boolean;
}

/** A name, as what it stands for. */
type Meant =
	| { readonly kind: "file"; readonly path: string }
	| { readonly kind: "revision"; readonly name: string }
	| { readonly kind: "range"; readonly from: string; readonly to: string; readonly dots: string };

const NO_FILE: FileVersion = { data: NOTHING, comments: [] };

export class VersionFinder {
	readonly #filePath: string;
	readonly #root: string | undefined;
	#place: TrackedPath | undefined;

	/**
	 * @param filePath the protected file; a revision is looked for where it is.
	 * @param root the work tree of a file that may be gone, which is an error where this is left out.
	 */
	constructor(filePath: string, root?: string) {
		this.#filePath = filePath;
		this.#root = root;
	}

	/** @throws ProtectError for a name that stands for nothing, or for two things. */
	find({ old, recent, files, staged }: Names): ComparedVersions {
		if (staged) return this.#staged(old, recent);
		if (old === undefined) return this.#sinceRecorded();
		const count = recent === undefined ? 1 : 2;
		const kindOf = (index: number) =>
			files === undefined ? "either" : index < count - files ? "revision" : "file";
		const first = this.#meaning(old, kindOf(0));
		if (first.kind === "range") {
			if (recent !== undefined) {
				throw new ProtectError(`${old} names two versions already`, "leave the other name out");
			}
			const { from, to, dots } = first;
			const start = dots === "..." ? this.#mergeBase(from, to) : from;
			return this.#since(start, { revision: to });
		}
		const second = recent === undefined ? undefined : this.#meaning(recent, kindOf(1));
		if (second?.kind === "range") {
			throw new ProtectError(`${recent} names two versions already`, "leave the other name out");
		}
		if (first.kind === "file") {
			return {
				before: this.#file(first.path),
				after: second ? this.#version(second) : this.#file(this.#filePath),
				moved: undefined,
				past: undefined,
			};
		}
		if (second?.kind === "file" || isInTree(first.name)) {
			return {
				before: this.#revision(first.name),
				after: second ? this.#version(second) : this.#file(this.#filePath),
				moved: undefined,
				past: this.#pastOf(first.name),
			};
		}
		if (second && isInTree(second.name)) {
			const [before, after] = [this.#revision(first.name), this.#revision(second.name)];
			return { before, after, moved: undefined, past: this.#pastOf(first.name) };
		}
		return this.#since(first.name, second ? { revision: second.name } : "work tree");
	}

	#staged(old: string | undefined, recent: string | undefined): ComparedVersions {
		const base = old === undefined ? undefined : this.#meaning(old, "revision");
		if (recent !== undefined || base?.kind === "range") {
			throw new ConflictingOptionsError(
				"--staged is the second version itself",
				"name one revision at most: pprotect diff --staged REV",
			);
		}
		const start = base?.kind === "revision" ? base.name : "HEAD";
		if (old === undefined && !this.#isCommit(start)) {
			const after = this.#atPath("staged", nameInCommit(this.#inGit()));
			if (after) return { before: NO_FILE, after, moved: undefined, past: undefined };
		}
		return this.#since(start, "staged");
	}

	/** Since what git has staged of the file, or else has of it in the last commit. */
	#sinceRecorded(): ComparedVersions {
		const path = nameInCommit(this.#inGit());
		const staged = this.#atPath("staged", path);
		if (!staged && this.#isCommit("HEAD")) {
			const since = this.#since("HEAD", "work tree");
			if (since.before !== NO_FILE) return since;
		}
		if (!staged) {
			throw new ProtectError(
				`${this.#filePath} is not in Git yet`,
				"commit it, or name two files: pprotect diff OLD NEW",
			);
		}
		const after = this.#atPath("work tree", path) ?? NO_FILE;
		return { before: staged, after, moved: undefined, past: this.#pastOf("HEAD") };
	}

	/** From a commit on, in which the file may have had another path. */
	#since(start: string, target: MoveTarget): ComparedVersions {
		const place = this.#inGit();
		const { root } = place;
		const path = nameInCommit(place);
		for (const revision of [start, ...(typeof target === "object" ? [target.revision] : [])]) {
			if (!this.#isCommit(revision)) throw notInGit(revision);
		}
		const [before, after] = [this.#atPath({ revision: start }, path), this.#atPath(target, path)];
		if ((before === undefined) !== (after === undefined)) {
			const move = movedFile(root, start, target, path);
			const was = move && this.#atPath({ revision: start }, move.from);
			const is = move && this.#atPath(target, move.to);
			if (was && is) {
				const past = new FilePast({ root, path: move.from }, start);
				return { before: was, after: is, moved: { what: "file", how: "moved", ...move }, past };
			}
		}
		if (!after && target === "staged" && this.#root === undefined) {
			throw new ProtectError(`${this.#filePath} is not staged`, "leave out --staged");
		}
		const past = new FilePast({ root, path }, start);
		return { before: before ?? NO_FILE, after: after ?? NO_FILE, moved: undefined, past };
	}

	/** The file at a path from the top of the work tree; undefined where there is none. */
	#atPath(where: MoveTarget, path: string): FileVersion | undefined {
		const place = this.#inGit();
		const { root } = place;
		const isOwn = path === nameInCommit(place);
		if (where === "work tree") {
			return isOwn && !this.#isGone() ? this.#file(this.#filePath) : undefined;
		}
		const inIndex = isOwn && stagedLinks(root).has(path) ? place.path : path;
		const name = where === "staged" ? `:0:${inIndex}` : `${where.revision}:${path}`;
		const [bytes] = readObjects(root, [name]);
		return bytes && read(bytes, where === "staged" ? `${path} (staged)` : name);
	}

	#version(meant: Exclude<Meant, { kind: "range" }>): FileVersion {
		return meant.kind === "file" ? this.#file(meant.path) : this.#revision(meant.name);
	}

	#file(path: string): FileVersion {
		return read((loadPiped(path) ?? load(path)).bytes, path);
	}

	/** @throws ProtectError for what is neither a revision nor a file in one. */
	#revision(name: string): FileVersion {
		const place = this.#inGit();
		const { root } = place;
		const path = nameInCommit(place);
		const full = isInTree(name) ? name : `${name}:${path}`;
		const [bytes] = readObjects(root, [full]);
		if (bytes) return read(bytes, full);
		// A commit from before there was the file.
		if (!isInTree(name) && this.#isCommit(name)) return NO_FILE;
		throw notInGit(name);
	}

	#pastOf(name: string): FilePast | undefined {
		const place = this.#inGit();
		const { root } = place;
		const path = nameInCommit(place);
		const colon = name.indexOf(":");
		if (colon === -1) return new FilePast({ root, path }, name);
		const commit = name.slice(0, colon) || "HEAD";
		const inTree = name.slice(colon + 1).replace(/^[0-3]:/, "");
		return this.#isCommit(commit) ? new FilePast({ root, path: inTree }, commit) : undefined;
	}

	/** What a name stands for: a path that says so is a file, and so is what follows `--`. */
	#meaning(name: string, kind: "file" | "revision" | "either"): Meant {
		if (kind === "file" || (kind === "either" && saysFile(name)))
			return { kind: "file", path: name };
		const revision = this.#asRevision(name);
		const file = kind === "either" && isFile(name);
		if (revision && file) {
			const word = shellWord(name);
			throw new ProtectError(
				`${name} is both a file and a revision of Git`,
				`for the file: pprotect diff ./${word}; for the revision: pprotect diff ${word} --`,
			);
		}
		if (revision) return revision;
		if (file) return { kind: "file", path: name };
		// Outside of git there is no revision at all, which is the better thing to say.
		this.#inGit();
		throw notInGit(name);
	}

	#asRevision(name: string): Exclude<Meant, { kind: "file" }> | undefined {
		if (!this.#findPlace()) return undefined;
		const { root } = this.#inGit();
		if (this.#isObject(name)) {
			assertOneMeaning(root, name);
			return { kind: "revision", name };
		}
		const [, left, dots, right] = /^(.*?)(\.{2,3})(.*)$/.exec(name) ?? [];
		if (left === undefined || dots === undefined || right === undefined) return undefined;
		const [from, to] = [left || "HEAD", right || "HEAD"];
		const isRange = this.#isCommit(from) && this.#isCommit(to);
		if (!isRange) return undefined;
		for (const end of [from, to]) assertOneMeaning(root, end);
		return { kind: "range", from, to, dots };
	}

	#isObject(name: string): boolean {
		const verify = ["rev-parse", "--quiet", "--verify", "--end-of-options", name];
		return gitOutput(this.#inGit().root, verify) !== undefined;
	}

	#isCommit(name: string): boolean {
		return this.#isObject(`${name}^{tree}`);
	}

	#mergeBase(from: string, to: string): string {
		const { root } = this.#inGit();
		const commit = gitOutput(root, ["merge-base", "--end-of-options", from, to]);
		if (commit) return commit;
		throw new ProtectError(
			`${from} and ${to} have no commit in common`,
			isShallow(root)
				? "this clone lacks the older commits: git fetch --unshallow (in a workflow, fetch-depth: 0)"
				: "compare them with two dots",
		);
	}

	#findPlace(): TrackedPath | undefined {
		if (this.#root !== undefined && this.#isGone()) {
			// Git cannot be asked in a folder that is gone with it.
			const path = relative(this.#root, resolve(this.#filePath)).replaceAll("\\", "/");
			this.#place ??= { root: this.#root, path };
		}
		this.#place ??= locateInGit(this.#filePath);
		return this.#place;
	}

	#isGone(): boolean {
		return this.#root !== undefined && !isFile(this.#filePath);
	}

	#inGit(): TrackedPath {
		const place = this.#findPlace();
		if (place) return place;
		throw new ProtectError(
			`${this.#filePath} is not in a Git work tree: ${gitRefusal(this.#filePath)}`,
			"name two files: pprotect diff OLD NEW",
		);
	}
}

/** Whether a revision names a file in it, as `HEAD:protected.yaml` does. */
function isInTree(name: string): boolean {
	return name.includes(":");
}

function saysFile(name: string): boolean {
	return /^\.{1,2}[/\\]/.test(name) || isAbsolute(name);
}

function isFile(path: string): boolean {
	return isPiped(path) || (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false);
}

function read(bytes: Uint8Array, name: string): FileVersion {
	const { document, data } = readUnlessForeign(bytes, name, () => readProtected(bytes, name));
	return { data, comments: commentsOf(document) };
}

function notInGit(name: string): ProtectError {
	return new ProtectError(
		`${name} is neither a file nor a Git revision`,
		"name a file, a revision (HEAD, main), or a file in one (HEAD:protected.yaml)",
	);
}
