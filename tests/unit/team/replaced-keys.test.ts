import { describe, expect, test } from "bun:test";
import type { FileData } from "../../../src/format/data.ts";
import { checkFile } from "../../../src/team/check.ts";
import { madeFrom } from "../../../src/team/file-history.ts";
import { findReplacedKeys } from "../../../src/team/replaced-keys.ts";
import { Branch, type Step } from "./branch.ts";

const act = (kind: Step["kind"], more: Partial<Step> = {}): Step => {
	return { domain: "a", custodian: "ben", secret: "x", pause: 1, kind, ...more };
};

/** Two owners of each of the domains a and b. */
async function sound(): Promise<Branch> {
	return (await Branch.start()).take([act("addOwner"), act("addOwner", { domain: "b" })]);
}

const head = (data: FileData) => ({ name: "HEAD", data });

type Domain = FileData["domains"] extends ReadonlyMap<string, infer D> ? D : never;

function withDomain(data: FileData, name: string, changed: Partial<Domain>): FileData {
	const domain = data.domains.get(name);
	if (!domain) throw new Error(`no domain ${name}`);
	return { ...data, domains: new Map(data.domains).set(name, { ...domain, ...changed }) };
}

function domainOf(data: FileData, name: string): Domain {
	const domain = data.domains.get(name);
	if (!domain) throw new Error(`no domain ${name}`);
	return domain;
}

describe("nothing is replaced", () => {
	test.each<[string, Step[]]>([
		["by a rotation", [act("rotate")]],
		["by a re-key", [act("rekey")]],
		["by both", [act("rotate"), act("rekey"), act("rotate", { domain: "b" })]],
		["by an owner who goes and comes back", [act("removeOwner"), act("rotate"), act("addOwner")]],
		[
			"by a custodian who goes and comes back",
			[act("removeCustodian"), act("addCustodian"), act("addOwner")],
		],
		["by a domain that is made anew", [act("removeDomain"), act("addDomain")]],
	])("%s", async (_, steps) => {
		const before = await sound();
		const after = await before.fork().take(steps);
		expect(findReplacedKeys(after.file.data, [head(before.file.data)])).toEqual([]);
	});
});

describe("a domain's key is replaced", () => {
	test("where every entry stayed", async () => {
		const { data } = (await sound()).file;
		const { publicKey } = domainOf((await Branch.start()).file.data, "a");
		expect(findReplacedKeys(withDomain(data, "a", { publicKey }), [head(data)])).toEqual([
			{ kind: "domain", domain: "a", kept: ["ann", "ben"], seenIn: "HEAD" },
		]);
	});

	test("where one owner's entry stayed and the other's was sealed anew", async () => {
		const before = await sound();
		const { data } = before.file;
		const rotated = domainOf((await before.fork().take([act("rotate")])).file.data, "a");
		const ben = domainOf(data, "a").owners.get("ben") ?? "";
		const mixed = { ...rotated, owners: new Map(rotated.owners).set("ben", ben) };
		const after = withDomain(data, "a", mixed);
		expect(findReplacedKeys(after, [head(data)])).toMatchObject([{ kept: ["ben"] }]);
		// A version in which an owner rotated the key shows that a merge left the entry behind.
		const made = { name: "MERGE_HEAD", data: withDomain(data, "a", rotated) };
		expect(findReplacedKeys(after, [head(data), made])).toEqual([]);
	});

	test("where the branch that is merged brought it", async () => {
		const { data } = (await sound()).file;
		const { publicKey } = domainOf((await Branch.start()).file.data, "a");
		const swapped = withDomain(data, "a", { publicKey });
		const merged = { name: "MERGE_HEAD", data: swapped };
		expect(findReplacedKeys(swapped, [head(data), merged])).toHaveLength(1);
	});
});

describe("a custodian's key is replaced", () => {
	test("where an entry of theirs stayed, in any domain", async () => {
		const before = await sound();
		const { data } = before.file;
		const foreign = (await Branch.start()).file.data.custodians.get("ben") ?? "";
		const custodians = new Map(data.custodians).set("ben", foreign);
		expect(findReplacedKeys({ ...data, custodians }, [head(data)])).toEqual([
			{ kind: "custodian", name: "ben", kept: ["a", "b"], seenIn: "HEAD" },
		]);
		const rekeyed = (await before.fork().take([act("rekey")])).file.data;
		const mixed = withDomain(rekeyed, "b", domainOf(data, "b"));
		expect(findReplacedKeys(mixed, [head(data)])).toMatchObject([{ kept: ["b"] }]);
		const made = { name: "MERGE_HEAD", data: rekeyed };
		expect(findReplacedKeys(mixed, [head(data), made])).toEqual([]);
	});
});

test("check tells of a replaced key alone, and advises to seal nothing", async () => {
	const before = await sound();
	const { data } = before.file;
	const text = new TextDecoder().decode(before.bytes);
	const foreign = (await Branch.start()).file.data;
	const swap = (from: string | undefined, to: string | undefined) =>
		new TextEncoder().encode(text.replace(from ?? "", to ?? ""));
	const swapped = [
		swap(domainOf(data, "a").publicKey, domainOf(foreign, "a").publicKey),
		swap(data.custodians.get("ben"), foreign.custodians.get("ben")),
	];
	for (const bytes of swapped) {
		const { findings } = checkFile(bytes, "p", { past: madeFrom([head(data)]) });
		expect(findings).toHaveLength(1);
		expect(findings[0]?.level).toBe("problem");
		expect(findings[0]?.what).toContain("was replaced");
		expect(findings[0]?.todo).not.toContain("pprotect ");
	}
});
