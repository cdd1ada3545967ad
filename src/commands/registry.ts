/**
 * Every command, in the order of help. A command's module is loaded when its name is on the
 * command line: loading all of them takes longer than most commands do.
 */
import type { CommandClass } from "clipanion";
import type { Category, Context, Registration } from "../cli/registration.ts";

export const COMMANDS: readonly Registration[] = [
	command("add-secret", "Secrets", () => import("./add-secret.ts")),
	command("update-secret", "Secrets", () => import("./update-secret.ts")),
	command("rm-secret", "Secrets", () => import("./rm-secret.ts")),
	command("copy-secret", "Secrets", () => import("./copy-secret.ts")),
	command("edit", "Secrets", () => import("./edit.ts")),
	command("set", "Secrets", () => import("./set.ts")),
	command("rename-secret", "Secrets", () => import("./rename-secret.ts")),
	command("get", "Secrets", () => import("./get.ts")),
	command("import", "Secrets", () => import("./import.ts")),
	command("seal-page", "Secrets", () => import("./seal-page.ts")),
	command("exec", "Secrets", () => import("./exec.ts")),
	command("decrypt-domain", "Secrets", () => import("./decrypt-domain.ts")),
	command("list-domain-secrets", "Secrets", () => import("./list-domain-secrets.ts")),
	command("list-all-secrets", "Secrets", () => import("./list-all-secrets.ts")),
	command("list-user-secrets", "Secrets", () => import("./list-user-secrets.ts")),
	command("init", "People", () => import("./init.ts")),
	command("add-key-custodian", "People", () => import("./add-key-custodian.ts")),
	command(
		"set-key-custodian-passphrase",
		"People",
		() => import("./set-key-custodian-passphrase.ts"),
	),
	command("rekey-custodian", "People", () => import("./rekey-custodian.ts")),
	command("remember", "People", () => import("./remember.ts")),
	command("forget", "People", () => import("./forget.ts")),
	command("rm-key-custodian", "People", () => import("./rm-key-custodian.ts")),
	command("offboard", "People", () => import("./offboard.ts")),
	command("list-exposed", "People", () => import("./list-exposed.ts")),
	command("add-domain", "Domains", () => import("./add-domain.ts")),
	command("list-domains", "Domains", () => import("./list-domains.ts")),
	command("add-owner", "Domains", () => import("./add-owner.ts")),
	command("rm-owner", "Domains", () => import("./rm-owner.ts")),
	command("migrate-owner", "Domains", () => import("./migrate-owner.ts")),
	command("rotate-domain-keys", "Domains", () => import("./rotate-domain-keys.ts")),
	command("rm-domain", "Domains", () => import("./rm-domain.ts")),
	command("git-setup", "Git", () => import("./git-setup.ts")),
	command("diff", "Git", () => import("./diff.ts")),
	command("check", "Git", () => import("./check.ts")),
	command("resolve", "Git", () => import("./resolve.ts")),
	command("status", "Other", () => import("./status.ts")),
	command("list-audit-log", "Other", () => import("./list-audit-log.ts")),
	command("truncate-audit-log", "Other", () => import("./truncate-audit-log.ts")),
	command("completion", "Other", () => import("./completion.ts")),
	command("help", "Other", () => import("./help.ts")),
	command("version", "Other", () => import("./version.ts")),
	command("merge-driver", "Plumbing", () => import("./merge-driver.ts")),
	command("textconv", "Plumbing", () => import("./textconv.ts")),
	command("ask-keychain", "Plumbing", () => import("./ask-keychain.ts")),
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
