/** Names that are not what they look like, or that do more than name. */
import type { FileData } from "../format/data.ts";
import { hasHiddenCharacter } from "../format/hidden-characters.ts";
import type { Place } from "./conflict.ts";
import { type FileHistory, pastVersions } from "./file-history.ts";
import type { Finding } from "./finding.ts";
import type { Locations } from "./locations.ts";
import { skeleton } from "./look-alike.ts";

/** What a secret becomes where it is put into an environment. */
export interface SecretVariables {
	/** The variable's name with `--uppercase`. */
	uppercase(secret: string): string;
	/** A variable that the secret's name can be, and that makes programs run code; and its effect. */
	running(secret: string): { readonly variable: string; readonly effect: string } | undefined;
}

export function checkNames(
	file: FileData,
	history: FileHistory,
	at: Locations,
	variables: SecretVariables | undefined,
): Finding[] {
	const past = pastVersions(history).map(({ data }) => data);
	const custodians = new NameCheck("key custodian", at, (name) => ({ kind: "custodian", name }));
	const domains = new NameCheck("domain", at, (domain) => ({ kind: "domain", domain }));
	return [
		...custodians.run([...file.custodians.keys()], namesIn(past, "custodians")),
		...domains.run([...file.domains.keys()], namesIn(past, "domains")),
		...(variables ? checkVariables(file, at, variables) : []),
	];
}

function namesIn(past: readonly FileData[], kind: "custodians" | "domains"): string[] {
	return [...new Set(past.flatMap((data) => [...data[kind].keys()]))];
}

class NameCheck {
	readonly #kind: string;
	readonly #at: Locations;
	readonly #placeOf: (name: string) => Place;

	constructor(kind: string, at: Locations, placeOf: (name: string) => Place) {
		this.#kind = kind;
		this.#at = at;
		this.#placeOf = placeOf;
	}

	/** @param past names that there were; a new one may pass itself off as one of them. */
	run(names: readonly string[], past: readonly string[]): Finding[] {
		const first = new Map<string, string>();
		const gone = past.filter((name) => !names.includes(name));
		const known = new Set(past);
		return names.flatMap((name): Finding[] => {
			const findings: Finding[] = [];
			const line = this.#at.place(this.#placeOf(name));
			const common = { line, level: "warning" } as const;
			if (hasHiddenCharacter(name) || name.trim() !== name) {
				findings.push({
					...common,
					code: "hidden-character",
					what: `the name of ${this.#kind} ${name} has a character that cannot be seen`,
					todo: "see that it names whom or what it seems to name; pprotect makes no such name",
				});
			}
			const look = skeleton(name);
			const other =
				first.get(look) ??
				(known.has(name) ? undefined : gone.find((old) => skeleton(old) === look));
			if (!first.has(look)) first.set(look, name);
			if (other !== undefined) {
				findings.push({
					...common,
					code: "look-alike",
					what: `the name of ${this.#kind} ${name} looks like ${other}, and is another`,
					todo: "see that both are who or what they seem to be",
				});
			}
			return findings;
		});
	}
}

function checkVariables(
	{ domains }: FileData,
	at: Locations,
	{ uppercase, running }: SecretVariables,
): Finding[] {
	return [...domains].flatMap(([domain, { secrets }]) => {
		const first = new Map<string, string>();
		return [...secrets.keys()].flatMap((name): Finding[] => {
			const findings: Finding[] = [];
			const line = at.place({ kind: "secret", domain, name });
			const run = running(name);
			if (run) {
				findings.push({
					line,
					level: "problem",
					code: "runs-code",
					what: `secret ${name} of ${domain} can become the variable ${run.variable}, which ${run.effect}: whoever set it may run code where the secrets go`,
					todo: "rename it, unless you know who set it and why",
				});
			}
			const variable = uppercase(name);
			const other = first.get(variable);
			if (other === undefined) first.set(variable, name);
			else {
				findings.push({
					line,
					level: "warning",
					code: "same-variable",
					what: `with --uppercase, secrets ${other} and ${name} of ${domain} are both the variable ${variable}, so that exec refuses to run`,
					todo: "rename one of them, or remove it",
				});
			}
			return findings;
		});
	});
}
