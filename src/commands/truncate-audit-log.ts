import { Command } from "clipanion";
import { text } from "../cli/options.ts";
import { UsageError } from "../errors.ts";
import { splitTruncation } from "../model/audit-log.ts";
import { warning } from "../system/voice.ts";
import { BaseCommand } from "./base.ts";

class TruncateAuditLogCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "keep only the newest entries of the audit log",
		details:
			"A line at its start counts what was removed. `list-exposed` and merges then know nothing older from the log: without the whole history of Git, `list-exposed` then says that more may be exposed, and its `--exit-code` fails.",
		examples: [["The last thousand entries", "$0 truncate-audit-log --keep 1000"]],
	});

	keep = text("--keep", "N", "how many entries to keep");

	async execute(): Promise<void> {
		const { keep } = this;
		if (keep === undefined || !/^\d{1,9}$/.test(keep)) {
			throw new UsageError("truncate-audit-log needs a number of entries", "add: --keep N");
		}
		const { entries } = splitTruncation(this.load().data.auditLog);
		if (!(await this.save((file) => file.truncateAuditLog(Number(keep))))) return;
		this.done(`Kept the newest ${keep} entries of the audit log.`);
		if (entries.length <= Number(keep)) return;
		warning(
			"the audit log no longer tells who knew what before: without the whole history of Git, list-exposed says what is known at least",
		);
	}
}

export { TruncateAuditLogCommand as command };
