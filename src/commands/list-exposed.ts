import { Command } from "clipanion";
import { flag, rest, text } from "../cli/options.ts";
import { ProtectError, UsageError } from "../errors.ts";
import type { FileData } from "../format/data.ts";
import { locateInGit } from "../system/git/git.ts";
import { isShallow } from "../system/git/history.ts";
import { warning } from "../system/voice.ts";
import {
	describeExposure,
	type Exposure,
	type FormerOwner,
	findExposures,
	isExposed,
} from "../team/exposure.ts";
import type { ExposureHistory } from "../team/exposure-history.ts";
import type { Leak } from "../team/exposure-log.ts";
import { exposurePast, exposurePastOf } from "./exposure-past.ts";
import { ListCommand } from "./list-command.ts";
import { assertOneWay, trackedFiles } from "./several-files.ts";

/** Of one of several files, or of the only one. */
interface FileExposure extends Exposure {
	readonly file?: string;
}

class ListExposedCommand extends ListCommand {
	static override usage = Command.Usage({
		description: "list who was an owner once, and which values they may still know",
		details:
			"Needs no credentials. Reads the audit log and, in a Git clone, the versions of the file in all commits of all refs. Where the clone is shallow, or Git has no version and the log does not cover everything, it says that more may be exposed, and `--exit-code` fails. Rotating a key keeps former owners from later values. The values that they have seen are safe only once you change them at their source and set them anew.\n\nIf the passphrase of somebody who stays has leaked, `--user EMAIL --as-of now` counts them as removed at that time, before or after they change it.",
		examples: [
			["For a security review", "$0 list-exposed"],
			["Fail in CI while anything is exposed", "$0 list-exposed --exit-code"],
			["Every protected file that Git tracks", "$0 list-exposed --all"],
			[
				"List the values that a leaked passphrase opens",
				"$0 list-exposed --user bob@example.com --as-of now",
			],
		],
	});

	exitCode = flag(
		"--exit-code",
		"exit with 1 if a former owner may know a value or holds a key, or if not everything is known",
	);
	history = flag(
		"--history",
		"read all versions that Git has, however long that takes, and fail in a shallow clone",
	);
	asOf = text(
		"--as-of",
		"TIME",
		"count the person of --user as removed then: now, or a time such as 2026-11-21T17:50:49Z",
	);
	all = flag("--all", "look at every protected file that Git tracks");
	files = rest("FILE");

	async execute(): Promise<number> {
		assertOneWay(this);
		const leak = this.#leak();
		const isOne = !this.all && this.files.length < 2;
		const names = this.all
			? trackedFiles(this.filePath)
			: this.files.length > 0
				? this.files
				: [this.filePath];
		const found = names.flatMap((name): FileExposure[] => {
			this.workOn(name);
			const exposures = this.#exposures(this.load().data, name, leak);
			return isOne ? exposures : exposures.map((exposure) => ({ file: name, ...exposure }));
		});
		this.printList(found, linesOf, this.#none(leak), plainExposure);
		const isRed = found.some(
			({ isAtLeast, formerOwners }) => isAtLeast || formerOwners.some(isExposed),
		);
		return this.exitCode && isRed ? 1 : 0;
	}

	#exposures(data: FileData, name: string, leak: Leak | undefined): Exposure[] {
		const history = this.#past(data, name);
		for (const what of history?.unseen ?? []) warning(`${name}: ${what}`);
		const exposures = findExposures(data, { history, leak });
		const { user } = this;
		if (user === undefined) return exposures;
		return exposures.flatMap((exposure) => {
			const formerOwners = exposure.formerOwners.filter((former) => former.name === user);
			return formerOwners.length > 0 || exposure.isAtLeast ? { ...exposure, formerOwners } : [];
		});
	}

	#past(data: FileData, name: string): ExposureHistory | undefined {
		if (!this.history) return exposurePastOf(name, data);
		const place = locateInGit(name);
		if (!place) throw new ProtectError(`${name} is not in a Git work tree`, "leave out --history");
		if (isShallow(place.root)) {
			throw new ProtectError(
				"the clone is shallow, and has not all versions",
				"get the whole history: git fetch --unshallow (in a CI job, fetch-depth: 0)",
			);
		}
		return exposurePast(place, data, { isUnlimited: true });
	}

	#leak(): Leak | undefined {
		const { asOf, user } = this;
		if (asOf === undefined) return undefined;
		if (user === undefined) {
			throw new UsageError("--as-of needs to know whom", "add: --user EMAIL");
		}
		return { name: user, time: asOf === "now" ? undefined : readTime(asOf) };
	}

	#none(leak: Leak | undefined): string {
		const where = this.all ? "the protected files" : this.filePath;
		return leak
			? `${leak.name} knows nothing of ${where}`
			: `No former owners in the audit log of ${where}`;
	}
}

/** @returns `YYYY-MM-DDTHH:MM:SSZ` */
function readTime(text: string): string {
	const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
	const time = /^\d{4}-\d\d-\d\d/.test(text)
		? new Date(isDay ? `${text}T23:59:59Z` : text)
		: undefined;
	if (!time || Number.isNaN(time.getTime())) {
		throw new UsageError(
			`--as-of has no time: ${text}`,
			"such as: now, 2026-11-21, 2026-11-21T17:50:49Z",
		);
	}
	return `${time.toISOString().slice(0, "YYYY-MM-DDTHH:MM:SS".length)}Z`;
}

function linesOf({ file, ...exposure }: FileExposure): string[] {
	const lines = describeExposure(exposure);
	return file === undefined
		? lines
		: lines.map((line, index) => (index ? line : `${file}: ${line}`));
}

function plainExposure({ file, domain, isAtLeast, formerOwners }: FileExposure) {
	return {
		...(file !== undefined && { file }),
		domain,
		atLeast: isAtLeast,
		formerOwners: formerOwners.map(plainFormerOwner),
	};
}

function plainFormerOwner(former: FormerOwner) {
	const { name, isEarlier, removed, keyRotated, holdsKey, seenIn, mayKnow } = former;
	return {
		name,
		...(isEarlier && { earlierCustodian: true }),
		removed: removed ?? null,
		keyRotated: keyRotated ?? null,
		holdsKey,
		...(seenIn !== undefined && { seenIn }),
		mayKnow,
	};
}

export { ListExposedCommand as command };
