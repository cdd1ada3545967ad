import { Command } from "clipanion";
import { flag, positional } from "../cli/options.ts";
import { ProtectError } from "../errors.ts";
import type { UnlockedCustodian } from "../model/key-custodian.ts";
import type { KeyFile } from "../model/key-file.ts";
import { writeStdout } from "../system/output.ts";
import { printableLine } from "../system/printable.ts";
import {
	isComplete,
	type OffboardingPlan,
	offboard,
	planOffboarding,
	valuesToChange,
} from "../team/offboard.ts";
import { SealingCommand } from "./sealing.ts";

class OffboardCommand extends SealingCommand {
	static override readonly takesCredentials = true;
	static override usage = Command.Usage({
		description: "take a person out of everything, and say which values to change",
		details:
			"Removes them as owner, rotates the keys of those domains and removes them as key custodian, in one step. Domains that the acting user does not own are left to their owners, who each run the same: until then the person stays a custodian, and the exit code is 1. With `--partial` they are removed there too, and only those keys stay as they are.",
		examples: [
			["What would be done", "$0 offboard bob@example.com --dry-run"],
			["Do it", "$0 offboard bob@example.com"],
		],
	});

	dryRun = flag("--dry-run", "say what would be done, and write nothing");
	partial = flag("--partial", "also remove them where the key cannot be rotated");
	name = positional("EMAIL");

	async execute(): Promise<number> {
		const keyFile = this.load();
		const [name] = await this.answers(["Key custodian to offboard: "], this.name);
		keyFile.assertCustodian(name);
		const ownsAny = keyFile.domainsOwnedBy(name).length > 0;
		const acting = ownsAny ? await this.unlock(keyFile) : undefined;
		const planFor = (file: KeyFile) => {
			const plan = planOffboarding(file, name, acting?.name ?? "", this.partial);
			if (plan.rotated.length === 0 && !isComplete(plan)) throw nothingToDo(plan, acting);
			return plan;
		};
		let outcome = { plan: planFor(keyFile), file: keyFile };
		const carryOut = (file: KeyFile) => {
			const plan = planFor(file);
			outcome = { plan, file: offboard(file, plan, acting) };
			return outcome.file;
		};
		if (this.dryRun) this.vetted(keyFile, carryOut);
		else if (!(await this.saveSealing(carryOut))) return 0;
		const { plan, file } = outcome;
		writeStdout(
			describe(plan, file, this.dryRun)
				.map((line) => `${printableLine(line)}\n`)
				.join(""),
		);
		return isComplete(plan) ? 0 : 1;
	}
}

function nothingToDo({ name, foreign }: OffboardingPlan, acting: UnlockedCustodian | undefined) {
	const domains = foreign.map(({ domain, owners }) => `${domain} (${owners.join(", ")})`);
	return new ProtectError(
		`${acting?.name ?? "the acting user"} owns none of the domains of ${name}, and so can rotate no key of theirs`,
		`their owners have to run it: ${domains.join(", ")}; or add --partial, which rotates nothing`,
	);
}

/** What was done, what is left, and what to change: to be kept as the record of it. */
function describe(plan: OffboardingPlan, file: KeyFile, isDryRun: boolean): string[] {
	const { name, rotated, foreign } = plan;
	const [was, would] = isDryRun ? ["would be", "would be "] : ["was", ""];
	const lines = [
		isComplete(plan)
			? `${name} ${was} removed from the key custodians`
			: `${name} ${isDryRun ? "would stay" : "is still"} a key custodian, and an owner of what is left below`,
		...rotated.map((domain) => `${domain}: ${would}removed as owner, key ${would}rotated`),
		...foreign.map(({ domain, owners }) =>
			plan.isPartial
				? `${domain}: ${would}removed as owner, key not rotated; left for one of ${owners.join(", ")}: pprotect rotate-domain-keys`
				: `${domain}: left for one of ${owners.join(", ")}: pprotect offboard`,
		),
	];
	const values = [...valuesToChange(file, name)];
	if (values.length === 0) return lines;
	const known = values.map(([domain, secrets]) => `  ${domain}: ${secrets.join(", ")}`);
	return [...lines, `values that ${name} may know, to be changed at their source:`, ...known];
}

export { OffboardCommand as command };
