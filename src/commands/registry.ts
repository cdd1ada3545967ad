/**
 * Every command, in the order of help. A command's module is loaded when its name is on the
 * command line: loading all of them takes longer than most commands do.
 */
import type { CommandClass } from "clipanion";
import type { Category, Registration } from "../cli/registration.ts";
import type { Context } from "../cli/shared-options.ts";

export const COMMANDS: readonly Registration[] = [
	command("init", "Access", () => import("./init.ts")),
	command("add-key-custodian", "Access", () => import("./add-key-custodian.ts")),
	command(
		"set-key-custodian-passphrase",
		"Access",
		() => import("./set-key-custodian-passphrase.ts"),
	),
	command("rekey-custodian", "Access", () => import("./rekey-custodian.ts")),
	command("rm-key-custodian", "Access", () => import("./rm-key-custodian.ts")),
	command("add-domain", "Domains", () => import("./add-domain.ts")),
	command("list-domains", "Domains", () => import("./list-domains.ts")),
	command("add-owner", "Domains", () => import("./add-owner.ts")),
	command("rm-owner", "Domains", () => import("./rm-owner.ts")),
	command("migrate-owner", "Domains", () => import("./migrate-owner.ts")),
	command("rotate-domain-keys", "Domains", () => import("./rotate-domain-keys.ts")),
	command("rm-domain", "Domains", () => import("./rm-domain.ts")),
	command("add-secret", "Secrets", () => import("./add-secret.ts")),
	command("update-secret", "Secrets", () => import("./update-secret.ts")),
	command("rm-secret", "Secrets", () => import("./rm-secret.ts")),
	command("copy-secret", "Secrets", () => import("./copy-secret.ts")),
	command("edit", "Secrets", () => import("./edit.ts")),
	command("import", "Secrets", () => import("./import.ts")),
	command("exec", "Reading", () => import("./exec.ts")),
	command("decrypt-domain", "Reading", () => import("./decrypt-domain.ts")),
	command("list-domain-secrets", "Reading", () => import("./list-domain-secrets.ts")),
	command("list-all-secrets", "Reading", () => import("./list-all-secrets.ts")),
	command("list-user-secrets", "Reading", () => import("./list-user-secrets.ts")),
	command("list-audit-log", "Reading", () => import("./list-audit-log.ts")),
	command("completion", "Reading", () => import("./completion.ts")),
	command("version", "Reading", () => import("./version.ts")),
	command("check", "Team", () => import("./check.ts")),
	command("diff", "Team", () => import("./diff.ts")),
	command("git-setup", "Team", () => import("./git-setup.ts")),
	command("merge-driver", "Team", () => import("./merge-driver.ts")),
	command("textconv", "Team", () => import("./textconv.ts")),
	command("list-exposed", "Team", () => import("./list-exposed.ts")),
	command("offboard", "Team", () => import("./offboard.ts")),
	command("truncate-audit-log", "Team", () => import("./truncate-audit-log.ts")),
];

interface CommandModule {
	readonly command: CommandClass<Context>;
}

function command(
	name: string,
	category: Category,
	loadModule: () => Promise<CommandModule>,
): Registration {
	return { name, category, load: async () => (await loadModule()).command };
}
