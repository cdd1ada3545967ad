/** The file's data as the tree of YAML that stands for it, in the file's order. */
import { compareCodePoints } from "./code-points.ts";
import {
	AUDIT_LOG_KEY,
	CUSTODIANS_KEY,
	type DomainData,
	type FileData,
	SECRET_PREFIX,
} from "./data.ts";
import type { Tree, TreeMap } from "./emit.ts";

/** Domains, then the custodians, then the log; names by code point. */
export function toTree(data: FileData): TreeMap {
	const root = new Map<string, Tree>();
	for (const [name, domain] of sorted(data.domains)) root.set(name, domainTree(domain));
	root.set(
		CUSTODIANS_KEY,
		mapValues(sorted(data.custodians), (pwdkm) => new Map([["pwdkm", pwdkm]])),
	);
	root.set(AUDIT_LOG_KEY, data.auditLog);
	return root;
}

function domainTree(domain: DomainData): TreeMap {
	const tree = new Map<string, Tree>();
	for (const [name, box] of sorted(domain.secrets)) tree.set(SECRET_PREFIX + name, box);
	tree.set(
		"meta",
		new Map<string, Tree>([
			["public-key", domain.publicKey],
			["owners", new Map(sorted(domain.owners))],
		]),
	);
	return tree;
}

function sorted<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
	return [...map].sort(([a], [b]) => compareCodePoints(a, b));
}

function mapValues<From, To>(entries: [string, From][], to: (value: From) => To): Map<string, To> {
	return new Map(entries.map(([key, value]) => [key, to(value)]));
}

/** Whether two trees say the same, whatever the order of their names. */
export function sameTree(a: Tree, b: Tree): boolean {
	if (typeof a === "string" || typeof b === "string") return a === b;
	if (a instanceof Map && b instanceof Map) {
		return a.size === b.size && [...a].every(([key, value]) => sameValue(value, b.get(key)));
	}
	return (
		Array.isArray(a) &&
		Array.isArray(b) &&
		a.length === b.length &&
		a.every((text, i) => text === b[i])
	);
}

function sameValue(a: Tree, b: Tree | undefined): boolean {
	return b !== undefined && sameTree(a, b);
}
