import { Command } from "clipanion";
import { BaseCommand } from "./base.ts";

export class ListAuditLogCommand extends BaseCommand {
	static override paths = [["list-audit-log"], ["list_audit_log"]];
	static override usage = Command.Usage({
		category: "Reading",
		description: "list what was done to the file, newest last",
		examples: [["The whole log", "$0 list-audit-log"]],
	});

	async execute(): Promise<void> {
		this.printLines(
			this.load().auditLog,
			`(No audit log entries in protected at ${this.filePath})`,
		);
	}
}
