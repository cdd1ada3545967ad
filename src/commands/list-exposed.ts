import { Command } from "clipanion";
import { flag } from "../cli/options.ts";
import { describeExposure, type Exposure, findExposures, isExposed } from "../team/exposure.ts";
import { ListCommand } from "./list-command.ts";

class ListExposedCommand extends ListCommand {
	static override usage = Command.Usage({
		description: "list who was an owner once, and which values they may still know",
		details:
			"Read from the audit log, without credentials. Rotating a key keeps former owners from what comes; what they have seen is only safe once it is changed at its source and set anew.",
		examples: [
			["For a security review", "$0 list-exposed"],
			["Fail in CI while anything is exposed", "$0 list-exposed --exit-code"],
		],
	});

	exitCode = flag("--exit-code", "exit with 1 if a former owner may know a value or holds a key");

	async execute(): Promise<number> {
		const exposures = findExposures(this.load().data);
		this.printList(
			exposures,
			describeExposure,
			`No former owners in the audit log of ${this.filePath}`,
			plainExposure,
		);
		const isAny = exposures.some(({ formerOwners }) => formerOwners.some(isExposed));
		return this.exitCode && isAny ? 1 : 0;
	}
}

function plainExposure({ domain, isAtLeast, formerOwners }: Exposure) {
	return {
		domain,
		atLeast: isAtLeast,
		formerOwners: formerOwners.map(({ name, removed, keyRotated, mayKnow }) => ({
			name,
			removed,
			keyRotated: keyRotated ?? null,
			holdsKey: keyRotated === undefined,
			mayKnow,
		})),
	};
}

export { ListExposedCommand as command };
