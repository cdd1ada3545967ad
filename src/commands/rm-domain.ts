import { Command } from "clipanion";
import { DOMAIN_OPTION, positional, text } from "../cli/options.ts";
import { missingInLastCommit } from "../system/git/history.ts";
import { BaseCommand } from "./base.ts";

class RmDomainCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "remove a domain with all its secrets",
		examples: [["Remove the domain staging", "$0 rm-domain staging"]],
	});

	domain = text(...DOMAIN_OPTION);
	name = positional("DOMAIN");
	protected override readonly heading = "Removing domain.";

	async execute(): Promise<void> {
		const keyFile = this.loadToChange();
		const [domain] = await this.answers(["Domain name: "], this.domain, this.name);
		const boxes = [...(keyFile.data.domains.get(domain)?.secrets.values() ?? [])];
		// What nobody reads is not worth the time that Git takes.
		const lost = this.isAttended || this.isInformative ? this.#lostWith(boxes) : 0;
		if (lost > 0 && this.isAttended && !this.confirm && !(await this.#agreedToLose(lost, domain)))
			return;
		if (!(await this.save((file) => file.removeDomain(domain)))) return;
		const count = boxes.length === 0 ? "" : ` with ${counted(boxes.length)}`;
		const copy = boxes.length > 0 && lost === 0 ? " The last commit still has it." : "";
		this.done(`Removed ${domain}${count}.${copy}`);
	}

	#lostWith(boxes: readonly string[]): number {
		return missingInLastCommit(this.filePath, boxes).length;
	}

	#agreedToLose(lost: number, domain: string): Promise<boolean> {
		const secrets = `${counted(lost)} of ${domain}`;
		return this.agreed(
			`The last commit does not have ${secrets}: there is no way back. Remove? [y/N] `,
		);
	}
}

function counted(secrets: number): string {
	return secrets === 1 ? "1 secret" : `${secrets} secrets`;
}

export { RmDomainCommand as command };
