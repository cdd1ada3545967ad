/**
 * Every command, in the order of help. A command's module is loaded when its name is on the
 * command line: loading all of them takes longer than most commands do.
 */
import type { CommandClass } from "clipanion";
import type { Category, Context } from "./base.ts";

export interface Registration {
	readonly name: string;
	readonly category: Category;
	readonly load: () => Promise<CommandClass<Context>>;
}

export const COMMANDS: readonly Registration[] = [
	command("init", "Access", async () => (await import("./init.ts")).InitCommand),
	command(
		"add-key-custodian",
		"Access",
		async () => (await import("./add-key-custodian.ts")).AddKeyCustodianCommand,
	),
	command(
		"set-key-custodian-passphrase",
		"Access",
		async () =>
			(await import("./set-key-custodian-passphrase.ts")).SetKeyCustodianPassphraseCommand,
	),
	command(
		"rekey-custodian",
		"Access",
		async () => (await import("./rekey-custodian.ts")).RekeyCustodianCommand,
	),
	command(
		"rm-key-custodian",
		"Access",
		async () => (await import("./rm-key-custodian.ts")).RmKeyCustodianCommand,
	),
	command("add-domain", "Domains", async () => (await import("./add-domain.ts")).AddDomainCommand),
	command(
		"list-domains",
		"Domains",
		async () => (await import("./list-domains.ts")).ListDomainsCommand,
	),
	command("add-owner", "Domains", async () => (await import("./add-owner.ts")).AddOwnerCommand),
	command("rm-owner", "Domains", async () => (await import("./rm-owner.ts")).RmOwnerCommand),
	command(
		"migrate-owner",
		"Domains",
		async () => (await import("./migrate-owner.ts")).MigrateOwnerCommand,
	),
	command(
		"rotate-domain-keys",
		"Domains",
		async () => (await import("./rotate-domain-keys.ts")).RotateDomainKeysCommand,
	),
	command("rm-domain", "Domains", async () => (await import("./rm-domain.ts")).RmDomainCommand),
	command("add-secret", "Secrets", async () => (await import("./add-secret.ts")).AddSecretCommand),
	command(
		"update-secret",
		"Secrets",
		async () => (await import("./update-secret.ts")).UpdateSecretCommand,
	),
	command("rm-secret", "Secrets", async () => (await import("./rm-secret.ts")).RmSecretCommand),
	command(
		"copy-secret",
		"Secrets",
		async () => (await import("./copy-secret.ts")).CopySecretCommand,
	),
	command("edit", "Secrets", async () => (await import("./edit.ts")).EditCommand),
	command("import", "Secrets", async () => (await import("./import.ts")).ImportCommand),
	command("exec", "Reading", async () => (await import("./exec.ts")).ExecCommand),
	command(
		"decrypt-domain",
		"Reading",
		async () => (await import("./decrypt-domain.ts")).DecryptDomainCommand,
	),
	command(
		"list-domain-secrets",
		"Reading",
		async () => (await import("./list-domain-secrets.ts")).ListDomainSecretsCommand,
	),
	command(
		"list-all-secrets",
		"Reading",
		async () => (await import("./list-all-secrets.ts")).ListAllSecretsCommand,
	),
	command(
		"list-user-secrets",
		"Reading",
		async () => (await import("./list-user-secrets.ts")).ListUserSecretsCommand,
	),
	command(
		"list-audit-log",
		"Reading",
		async () => (await import("./list-audit-log.ts")).ListAuditLogCommand,
	),
	command("completion", "Reading", async () => (await import("./completion.ts")).CompletionCommand),
	command("version", "Reading", async () => (await import("./version.ts")).VersionCommand),
	command("check", "Team", async () => (await import("./check.ts")).CheckCommand),
	command("diff", "Team", async () => (await import("./diff.ts")).DiffCommand),
	command("git-setup", "Team", async () => (await import("./git-setup.ts")).GitSetupCommand),
	command(
		"merge-driver",
		"Team",
		async () => (await import("./merge-driver.ts")).MergeDriverCommand,
	),
	command("textconv", "Team", async () => (await import("./textconv.ts")).TextconvCommand),
	command(
		"list-exposed",
		"Team",
		async () => (await import("./list-exposed.ts")).ListExposedCommand,
	),
	command("offboard", "Team", async () => (await import("./offboard.ts")).OffboardCommand),
	command(
		"truncate-audit-log",
		"Team",
		async () => (await import("./truncate-audit-log.ts")).TruncateAuditLogCommand,
	),
];
function command(name: string, category: Category, load: Registration["load"]): Registration {
	return { name, category, load };
}
