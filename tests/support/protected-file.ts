/** Looks at a protected file with a YAML reader of its own, not with the code under test. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export interface PlainFile {
	/** By name: the domain's own entries, such as `secret-db-password`. */
	readonly domains: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
	/** The pwdkm's bytes, by custodian. */
	readonly custodians: ReadonlyMap<string, Buffer>;
	readonly auditLog: readonly string[];
}

/** The protected file of the folder. */
export function readPlain(cwd: string, name = "protected.yaml"): PlainFile {
	const text = readFileSync(join(cwd, name), "utf8");
	const root = map(parse(text, { mapAsMap: true, schema: "failsafe" }));
	const custodians = [...map(root.get("key-custodians"))].map(([custodian, entry]) => {
		return [custodian, Buffer.from(String(map(entry).get("pwdkm")), "base64")] as const;
	});
	const log = root.get("audit-log");
	const domains = [...root].filter(([key]) => key !== "key-custodians" && key !== "audit-log");
	return {
		domains: new Map(domains.map(([domain, entry]) => [domain, map(entry)])),
		custodians: new Map(custodians),
		auditLog: Array.isArray(log) ? log.map(String) : [],
	};
}

/** The names of a domain's owners, as the file orders them. */
export function ownersOf(file: PlainFile, domain: string): string[] {
	return [...map(map(file.domains.get(domain)?.get("meta")).get("owners")).keys()];
}

/** The audit log without its times, which each entry has to start with. */
export function auditTexts(cwd: string): string[] {
	return readPlain(cwd).auditLog.map((entry) => {
		const match = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ -- (.*)$/s.exec(entry);
		if (!match?.[1]) throw new Error(`no audit entry: ${entry}`);
		return match[1];
	});
}

/** What shows whether anybody wrote a file: its bytes, and which file it is since when. */
export function stateOf(cwd: string, name = "protected.yaml") {
	const path = join(cwd, name);
	const { ino, mtimeNs, mode } = statSync(path, { bigint: true });
	return { text: readFileSync(path, "utf8"), ino, mtimeNs, mode };
}

function map(value: unknown): ReadonlyMap<string, unknown> {
	if (value instanceof Map) return value;
	throw new Error(`no mapping: ${String(value)}`);
}
