import { Command } from "clipanion";
import { splitAuditEntry } from "../model/audit-log.ts";
import { ListCommand } from "./list-command.ts";

class ListAuditLogCommand extends ListCommand {
	static override usage = Command.Usage({
		description: "list what was done to the file, newest last",
		examples: [["The whole log", "$0 list-audit-log"]],
	});

	async execute(): Promise<void> {
		this.printList(
			this.load().auditLog,
			(entry) => entry,
			`No audit log entries in ${this.filePath}`,
			plainEntry,
		);
	}
}

/** What counts truncated entries has no time. */
function plainEntry(entry: string) {
	const { time = null, text } = splitAuditEntry(entry);
	return { time, text };
}

export { ListAuditLogCommand as command };
