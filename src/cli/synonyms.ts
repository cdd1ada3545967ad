/**
 * Words for a command that people bring from other tools, and the commands that do it here. None
 * leads to a command that destroys something, unless that is what the word says.
 */
const SYNONYMS: readonly (readonly [words: string, commands: readonly string[]])[] = [
	["ls list show", ["status", "list-domain-secrets", "list-domains"]],
	["list-secrets secrets", ["list-domain-secrets", "list-all-secrets"]],
	["list-key-custodians list-custodians list-users list-owners owners users members", ["status"]],
	["who whoami who-can-read doctor info", ["status"]],
	["get-secret read reveal view cat print decrypt", ["get", "decrypt-domain"]],
	["put put-secret set-secret store create-secret new-secret encrypt", ["set"]],
	["add create new", ["add-secret", "add-domain", "add-key-custodian", "add-owner"]],
	["update change modify", ["update-secret", "set"]],
	["rm remove delete del unset", ["rm-secret", "rm-domain", "rm-owner", "rm-key-custodian"]],
	["delete-secret remove-secret del-secret unset-secret", ["rm-secret"]],
	["delete-domain remove-domain", ["rm-domain"]],
	["remove-owner delete-owner revoke unshare", ["rm-owner", "offboard"]],
	[
		"remove-key-custodian delete-key-custodian remove-user delete-user",
		["offboard", "rm-key-custodian"],
	],
	["rename mv rename-key", ["rename-secret"]],
	["cp copy", ["copy-secret"]],
	["run start spawn", ["exec"]],
	["env dotenv export dump shell", ["decrypt-domain", "exec"]],
	["load import-env", ["import"]],
	["invite join add-user add-custodian add-member keygen", ["add-key-custodian"]],
	["share grant allow", ["add-owner"]],
	["leave fire kick", ["offboard"]],
	["passwd password passphrase change-passphrase", ["set-key-custodian-passphrase"]],
	["rekey rotate-key", ["rekey-custodian", "rotate-domain-keys"]],
	["rotate rotate-keys", ["rotate-domain-keys", "rekey-custodian"]],
	["log history audit audit-log blame", ["list-audit-log"]],
	["exposed leaked compromised", ["list-exposed"]],
	["verify validate lint doctor-file", ["check"]],
	["compare changes", ["diff"]],
	["merge conflicts", ["resolve"]],
	["setup install hook", ["git-setup"]],
	["login unlock keychain cache", ["remember"]],
	["logout lock", ["forget"]],
	["html page web", ["seal-page"]],
	["completions autocomplete", ["completion"]],
];

/** The commands among `names` that do what people elsewhere call `word`. */
export function commandsFor(word: string, names: readonly string[]): string[] {
	const [, commands = []] = SYNONYMS.find(([words]) => words.split(" ").includes(word)) ?? [];
	return commands.filter((command) => names.includes(command));
}
