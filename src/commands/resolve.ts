import { Command } from "clipanion";
import { flag, rest } from "../cli/options.ts";
import { ProtectError } from "../errors.ts";
import { conflictMarkers } from "../format/conflict-markers.ts";
import type { FileData, ProtectedText } from "../format/data.ts";
import { gitCommand } from "../format/quote.ts";
import { readProtected } from "../format/read.ts";
import type { UnlockedCustodian } from "../model/key-custodian.ts";
import { KeyFile } from "../model/key-file.ts";
import { locateInGit, readObjects } from "../system/git/git.ts";
import { writeStdout } from "../system/output.ts";
import { printableLine } from "../system/printable.ts";
import { load, replaceIfUnchanged } from "../system/store/store.ts";
import { note, say } from "../system/voice.ts";
import type { Conflict, Remedy, Side, SideNames } from "../team/conflict.ts";
import { type MergedFile, mergeFiles } from "../team/merge-files.ts";
import { markAgain, readMarked, takeSide } from "../team/open-conflicts.ts";
import { type OpenedDomain, uniteDomain } from "../team/unite-domain.ts";
import { SealingCommand } from "./sealing.ts";
import { assertOneWay, trackedFiles } from "./several-files.ts";

const MARKER_SIZE = 7;

/** The versions of the file that Git is merging. */
interface Versions {
	readonly base: KeyFile | undefined;
	readonly ours: KeyFile;
	readonly theirs: KeyFile;
	readonly names: SideNames;
	readonly merge: MergedFile;
}

type RemedyOf<Kind extends Remedy["kind"]> = Extract<Remedy, { kind: Kind }>;

class ResolveCommand extends SealingCommand {
	static override usage = Command.Usage({
		description: "explain the conflicts that a merge left, and settle them as an owner",
		details:
			"Goes through the conflicts that are marked in the file. A value that was sealed to an old key is opened with that key and sealed to the new one; a domain whose key both sides rotated gets both sides' changes and a third key; where there is a choice it asks. Conflicts that it cannot settle stay marked and are printed, one per line; the exit code is then 1. Only what needs a key asks for credentials.",
		examples: [
			["List the open conflicts", "$0 resolve --list"],
			["One conflict after the other", "$0 resolve"],
			["In every protected file that Git tracks", "$0 resolve --all"],
		],
	});

	list = flag("--list", "print the open conflicts, and change nothing");

	all = flag("--all", "go through every protected file that Git tracks");
	files = rest("FILE");

	readonly #unlocked: UnlockedCustodian[] = [];

	async execute(): Promise<number> {
		assertOneWay(this);
		if (!this.all && this.files.length === 0) return this.#resolve();
		let exitCode = 0;
		for (const file of this.all ? trackedFiles(this.filePath) : this.files) {
			this.workOn(file);
			exitCode = Math.max(exitCode, await this.#resolve());
		}
		return exitCode;
	}

	/** The conflicts of the file that is worked on. */
	async #resolve(): Promise<number> {
		const snapshot = load(this.filePath);
		const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(snapshot.bytes);
		if (conflictMarkers(text).length === 0) {
			if (!this.all) say(`No conflicts in ${this.filePath}`);
			return 0;
		}
		const versions = this.#versions(text);
		const sides = { ours: versions.ours.data, theirs: versions.theirs.data };
		const { conflicts, ours } = readMarked(text, versions.merge, sides);
		if (this.list) return this.#print(conflicts);
		if (!ours) throw this.#notAsMerged();
		const { source, open } = await this.#settleAll(ours, conflicts, versions);
		const style = { labels: versions.names, size: MARKER_SIZE };
		const bytes = markAgain(source.encode(), open, sides, style);
		if (!(await this.approved(snapshot.bytes, bytes))) return 1;
		if (open.length < conflicts.length) {
			await replaceIfUnchanged(snapshot, bytes);
			this.tellRecipients();
			this.#tellSettled(conflicts.length - open.length, open.length);
		}
		return this.#print(open);
	}

	#tellSettled(settled: number, open: number): void {
		const what = `Settled ${settled === 1 ? "1 conflict" : `${settled} conflicts`} of ${this.filePath}.`;
		if (open > 0) this.done(what);
		else this.done(what, `${gitCommand("add", this.filePath)}, then git commit`);
	}

	/** @throws ProtectError where Git is not merging the file, or its markers are not ours. */
	#versions(text: string): Versions {
		const place = locateInGit(this.filePath);
		const stages = [1, 2, 3].map((stage) => `:${stage}:${place?.path}`);
		const [base, ours, theirs] = place ? readObjects(place.root, stages) : [];
		if (!ours || !theirs) {
			throw new ProtectError(
				`Git has no two versions of ${this.filePath} that it is merging`,
				"keep one version of each marked line, and delete the markers",
			);
		}
		const names = namesIn(text);
		const merge = mergeFiles({
			base: base ?? new Uint8Array(),
			ours,
			theirs,
			path: this.filePath,
			hintFile: this.hintFile,
			names,
			markerSize: MARKER_SIZE,
		});
		if (merge.conflicts.length === 0) throw this.#notAsMerged();
		return {
			base: base && tryParse(base),
			ours: KeyFile.parse(ours, { path: this.filePath }),
			theirs: KeyFile.parse(theirs, { path: this.filePath }),
			names,
			merge,
		};
	}

	#notAsMerged(): ProtectError {
		return new ProtectError(
			`more than the marked lines of ${this.filePath} is not as pprotect merged it`,
			`to merge it again, without what was edited since: pprotect git-setup, then ${gitCommand("checkout --merge --", this.filePath)}`,
		);
	}

	#print(conflicts: readonly Conflict[]): number {
		const lines = conflicts.map(
			({ what, todo }) => `${printableLine(`${this.filePath}: ${what}: ${todo}`)}\n`,
		);
		if (lines.length > 0) writeStdout(lines.join(""));
		return conflicts.length === 0 ? 0 : 1;
	}

	/** Settles one conflict after the other; one that fails stays open. */
	async #settleAll(
		start: ProtectedText,
		conflicts: readonly Conflict[],
		versions: Versions,
	): Promise<{ source: KeyFile; open: Conflict[] }> {
		let source = KeyFile.parse(encode(start), { path: this.filePath });
		const open: Conflict[] = [];
		for (const conflict of conflicts) {
			const settled = await this.#trySettle(source, conflict, versions);
			if (settled) source = settled;
			else open.push(conflict);
		}
		return { source, open };
	}

	async #trySettle(
		file: KeyFile,
		conflict: Conflict,
		versions: Versions,
	): Promise<KeyFile | undefined> {
		if (!conflict.remedy) return undefined;
		note(conflict.what);
		try {
			return await this.#settle(file, conflict, conflict.remedy, versions);
		} catch (error) {
			if (!(error instanceof ProtectError) || error.exitCode !== 1 || this.#unlocked.length === 0) {
				throw error;
			}
			note(error.message);
			return undefined;
		}
	}

	/** @returns undefined where the user leaves it open. */
	async #settle(
		file: KeyFile,
		conflict: Conflict,
		remedy: Remedy,
		versions: Versions,
	): Promise<KeyFile | undefined> {
		switch (remedy.kind) {
			case "choose": {
				const side = await this.#choice(versions.names);
				return side && this.#withSide(file, conflict, versions[side].data);
			}
			case "take": {
				const { names } = versions;
				if (!(await this.#agrees(`Take ${names[remedy.side]}? [y/N] `))) return undefined;
				let taken = this.#withSide(file, conflict, versions[remedy.side].data);
				for (const domain of remedy.rotate) {
					const acting = await this.#unlockIn(taken);
					taken = this.vetted(taken, (current) =>
						this.whileSealing(current, [domain], () => current.rotateDomainKey(domain, acting)),
					);
				}
				return taken;
			}
			case "reseal":
				return this.#reseal(file, remedy, versions);
			case "unite":
				return this.#unite(file, conflict, remedy, versions);
			case "custodian":
				return this.#takeCustodian(file, conflict, remedy, versions);
			case "grant": {
				const { domain, name } = remedy;
				if (!(await this.#agreesToOwner(name, domain))) return undefined;
				const acting = await this.#unlockIn(file);
				return this.vetted(file, (current) => current.addOwner(domain, name, acting));
			}
		}
	}

	/** The value of the side that lacks the new key, sealed to the key that the file has. */
	async #reseal(
		file: KeyFile,
		{ domain, name, from }: RemedyOf<"reseal">,
		versions: Versions,
	): Promise<KeyFile | undefined> {
		const acting = await this.#unlockIn(file);
		// Fails unless the acting user holds the new key too.
		file.decryptDomain(domain, acting, []);
		const old = versions[from];
		const value = old.decryptDomain(domain, await this.#unlockIn(old), [name]).get(name);
		if (value === undefined) return undefined;
		const other = versions[from === "ours" ? "theirs" : "ours"];
		if (!(await this.#isRotatedByOwner(domain, other, versions.base))) {
			const question = `Nothing shows that an owner made the new key of ${printableLine(domain)}. Seal the value of ${name} to it? [y/N] `;
			if (!(await this.#agrees(question))) return undefined;
		}
		return file.data.domains.get(domain)?.secrets.has(name)
			? file.updateSecret(domain, name, value)
			: file.addSecret(domain, name, value);
	}

	/** Both sides' changes of a domain, sealed to a key that neither side has. */
	async #unite(
		file: KeyFile,
		conflict: Conflict,
		{ domain }: RemedyOf<"unite">,
		versions: Versions,
	): Promise<KeyFile | undefined> {
		const { base, ours, theirs, names } = versions;
		const opened: OpenedDomain[] = [];
		for (const version of [base, ours, theirs]) {
			const data = version?.data.domains.get(domain);
			if (!version || !data) return undefined;
			const values = version.decryptDomain(domain, await this.#unlockIn(version));
			opened.push({ domain: data, values });
		}
		const [was, our, their] = opened;
		if (!was || !our || !their) return undefined;
		const union = uniteDomain(was, our, their);
		const secrets = new Map(union.secrets);
		for (const name of union.disputed) {
			note(`${names.ours} and ${names.theirs} both changed secret ${name} of ${domain}`);
			const side = await this.#choice(names);
			if (!side) return undefined;
			if (side === "theirs") secrets.set(name, their.values.get(name));
		}
		for (const name of union.added) {
			if (!(await this.#agreesToOwner(name, domain))) return undefined;
		}
		const taken = this.#withSide(file, conflict, ours.data);
		const acting = await this.#unlockIn(taken);
		return this.vetted(taken, (current) => {
			let united = current;
			for (const [name, value] of secrets) {
				united =
					value === undefined
						? united.removeSecret(domain, name)
						: united.setSecret(domain, name, value);
			}
			for (const name of union.added) {
				if (!our.domain.owners.has(name)) united = united.addOwner(domain, name, acting);
			}
			for (const name of union.removed) united = united.removeOwner(domain, name);
			return this.whileSealing(united, [domain], () => united.rotateDomainKey(domain, acting));
		});
	}

	/** One side's key of a custodian, and entries that go with it. */
	async #takeCustodian(
		file: KeyFile,
		conflict: Conflict,
		{ name }: RemedyOf<"custodian">,
		versions: Versions,
	): Promise<KeyFile | undefined> {
		const owned = conflict.places.flatMap((place) => (place.kind === "owner" ? place.domain : []));
		const isWhole = versions.merge.conflicts.some(({ places }) =>
			places.some((place) => place.kind === "domain" && owned.includes(place.domain)),
		);
		if (isWhole) return undefined;
		const side = await this.#choice(versions.names);
		if (!side) return undefined;
		const { domains } = versions[side].data;
		let taken = this.#withSide(file, conflict, versions[side].data);
		for (const domain of owned) {
			const merged = taken.data.domains.get(domain);
			// The side has the key that the file has, and with it an entry that opens, or none.
			if (!merged || domains.get(domain)?.publicKey === merged.publicKey) continue;
			const isOwner = merged.owners.has(name);
			if (isOwner && !(await this.#agreesToOwner(name, domain))) return undefined;
			const acting = await this.#unlockIn(taken);
			taken = this.vetted(taken, (current) =>
				isOwner
					? current.addOwner(domain, name, acting)
					: // The other side gave them the key that the file has.
						this.whileSealing(current, [domain], () => current.rotateDomainKey(domain, acting)),
			);
		}
		return taken;
	}

	/** Whoever sealed an old value to the new key could open it with the old one. */
	async #isRotatedByOwner(
		domain: string,
		rotated: KeyFile,
		base: KeyFile | undefined,
	): Promise<boolean> {
		try {
			if (!base) return false;
			const before = base.decryptDomain(domain, await this.#unlockIn(base));
			const after = rotated.decryptDomain(domain, await this.#unlockIn(rotated));
			return [...before].some(([name, value]) => value !== "" && after.get(name) === value);
		} catch (error) {
			if (error instanceof ProtectError) return false;
			throw error;
		}
	}

	/** The acting user with the key that they have in `file`: a side may have another. */
	async #unlockIn(file: KeyFile): Promise<UnlockedCustodian> {
		const known = this.#unlocked.find(
			({ name, pwdkm }) => file.data.custodians.get(name) === pwdkm,
		);
		if (known) return known;
		const unlocked = await this.unlock(file);
		this.#unlocked.push(unlocked);
		return unlocked;
	}

	#withSide(file: KeyFile, conflict: Conflict, side: FileData): KeyFile {
		const source = readProtected(file.encode(), this.filePath);
		const taken = takeSide(source, conflict, side, this.filePath);
		return KeyFile.parse(encode(taken), { path: this.filePath });
	}

	async #choice(names: SideNames): Promise<Side | undefined> {
		if (this.nonInteractive) return undefined;
		const labels = `o for ${printableLine(names.ours)}, t for ${printableLine(names.theirs)}`;
		const answer = await this.prompter.ask(`Which one? [${labels}, nothing for later] `);
		if (/^o/i.test(answer)) return "ours";
		return /^t/i.test(answer) ? "theirs" : undefined;
	}

	#agreesToOwner(name: string, domain: string): Promise<boolean> {
		return this.#agrees(
			`Make ${printableLine(name)} an owner of ${printableLine(domain)}, with its present key? [y/N] `,
		);
	}

	async #agrees(question: string): Promise<boolean> {
		if (this.yes) return true;
		return !this.nonInteractive && /^y/i.test(await this.prompter.ask(question));
	}
}

/** What the markers call the two sides. */
function namesIn(text: string): SideNames {
	const label = (character: string, usual: string) =>
		new RegExp(`^${character}{7,} (.+?)\\r?$`, "m").exec(text)?.[1] ?? usual;
	return { ours: label("<", "ours"), theirs: label(">", "theirs") };
}

function encode({ document }: ProtectedText): Uint8Array {
	return new TextEncoder().encode((document.hasByteOrderMark ? "\uFEFF" : "") + document.text);
}

function tryParse(bytes: Uint8Array): KeyFile | undefined {
	try {
		return KeyFile.parse(bytes);
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}

export { ResolveCommand as command };
