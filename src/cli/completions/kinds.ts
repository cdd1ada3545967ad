/** What can be completed where a value or a positional is due. */

export type Kind = "file" | "domain" | "secret" | readonly string[];

/** By what help calls them; what is not here cannot be guessed. */
const KINDS = new Map<string, Kind>([
	["PATH", "file"],
	["FILE", "file"],
	["DOMAIN", "domain"],
	["FROM", "domain"],
	["TO", "domain"],
	["NAME", "secret"],
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

/** `file`, `domain`, `secret`, `nothing`, or the choices with blanks between. */
export function kindWords(value: Value): string {
	const kind = kindOf(value) ?? "nothing";
	return typeof kind === "string" ? kind : kind.join(" ");
}
