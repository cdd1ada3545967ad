/** What can be completed where a value or a positional is due. */

export type Kind = "file" | "domain" | "secret" | "person" | readonly string[];

/** By what help calls them; what is not here cannot be guessed. */
const KINDS = new Map<string, Kind>([
	["PATH", "file"],
	["FILE", "file"],
	["DOMAIN", "domain"],
	["FROM", "domain"],
	["TO", "domain"],
	["NAME", "secret"],
	["EMAIL", "person"],
	["OWNER", "person"],
	["NAME[=VAR]", "secret"],
]);

interface Value {
	/** What help calls it. */
	readonly name: string | undefined;
	readonly choices: readonly string[] | undefined;
}

/** What to offer for a value; undefined where nothing is known. */
export function kindOf({ name = "", choices }: Value): Kind | undefined {
	return choices ?? KINDS.get(name);
}

/** `file`, `domain`, `secret`, `person`, `nothing`, or the choices with spaces between. */
export function kindWords(value: Value): string {
	const kind = kindOf(value) ?? "nothing";
	return typeof kind === "string" ? kind : kind.join(" ");
}
