import { Command } from "clipanion";
import { text } from "../cli/options.ts";
import { UsageError } from "../errors.ts";
import { BaseCommand } from "./base.ts";

class TruncateAuditLogCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "keep only the newest entries of the audit log",
		details:
			"A line at its start counts what was removed. What `list-exposed` and merges tell from the log ends there too.",
		examples: [["The last thousand entries", "$0 truncate-audit-log --keep 1000"]],
	});

	keep = text("--keep", "N", "how many entries to keep");

	async execute(): Promise<void> {
		const { keep } = this;
		if (keep === undefined || !/^\d{1,9}$/.test(keep)) {
			throw new UsageError("truncate-audit-log needs a number of entries", "add: --keep N");
		}
		if (!(await this.save((file) => file.truncateAuditLog(Number(keep))))) return;
		this.done(`Kept the newest ${keep} entries of the audit log.`);
	}
}

export { TruncateAuditLogCommand as command };
