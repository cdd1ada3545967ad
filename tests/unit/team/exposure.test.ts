import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { FileData } from "../../../src/format/data.ts";
import { KeyFile } from "../../../src/model/key-file.ts";
import { describeExposure, findExposures } from "../../../src/team/exposure.ts";
import { mergeVersions } from "../../../src/team/merge.ts";
import { typedCommand } from "../../../src/team/typed-command.ts";
import { Branch, type Model, type Step, steps } from "./branch.ts";
import { mergeByRules } from "./merge-by-rules.ts";

const RUNS = Number(process.env.MERGE_RUNS ?? 80);

const act = (kind: Step["kind"], more: Partial<Step> = {}): Step => {
	return { domain: "a", custodian: "ben", secret: "x", pause: 1, kind, ...more };
};

async function fileAfter(later: readonly Step[]): Promise<KeyFile> {
	return (await (await Branch.start()).take(later)).file;
}

/** What ben may know of domain a, and whether he holds its key. */
async function exposureAfter(later: readonly Step[]) {
	const { data } = await fileAfter([act("addSecret", { secret: "y" }), ...later]);
	const [exposure] = findExposures(data);
	const [ben] = exposure?.formerOwners ?? [];
	return ben && { mayKnow: ben.mayKnow, holdsKey: ben.holdsKey };
}

describe("a former owner", () => {
	const hire = act("addOwner");
	const remove = act("removeOwner");
	const rotate = act("rotate");

	test("knows all, and holds the key, until something is done", async () => {
		expect(await exposureAfter([hire, remove])).toEqual({ mayKnow: ["x", "y"], holdsKey: true });
	});

	test("knows what is set later too while the key is the old one", async () => {
		const z = act("addSecret", { secret: "z" });
		expect(await exposureAfter([hire, remove, z, act("updateSecret")])).toEqual({
			mayKnow: ["x", "y", "z"],
			holdsKey: true,
		});
	});

	test("loses the key by a rotation, and forgets no value by it", async () => {
		expect(await exposureAfter([hire, remove, rotate])).toEqual({
			mayKnow: ["x", "y"],
			holdsKey: false,
		});
	});

	test("does not know what is set after the rotation", async () => {
		expect(await exposureAfter([hire, remove, rotate, act("updateSecret")])).toEqual({
			mayKnow: ["y"],
			holdsKey: false,
		});
	});

	test("knows what was set between removal and rotation", async () => {
		expect(await exposureAfter([hire, remove, act("updateSecret"), rotate])).toEqual({
			mayKnow: ["x", "y"],
			holdsKey: false,
		});
	});

	test("is given the new key by a rotation before the removal", async () => {
		expect(await exposureAfter([hire, rotate, remove])).toEqual({
			mayKnow: ["x", "y"],
			holdsKey: true,
		});
	});

	test("is one as well when removed as a custodian", async () => {
		expect(await exposureAfter([hire, act("removeCustodian"), rotate])).toEqual({
			mayKnow: ["x", "y"],
			holdsKey: false,
		});
	});

	test("is out since the first time, where two branches removed them", () => {
		const file = KeyFile.create({ now: () => new Date(0) });
		const log = [
			"created domain a with owner ann",
			"ann added owner ben to a",
			"added secret x in a",
			"removed owner ben from a",
			"rotated key for domain a",
			"removed owner ben from a",
		];
		const domain = { publicKey: "", owners: new Map([["ann", ""]]), secrets: new Map([["x", ""]]) };
		const auditLog = log.map((text, second) => `2026-11-21T10:00:0${second}Z -- ${text}`);
		const domains = new Map([["a", domain]]);
		expect(findExposures({ ...file.data, domains, auditLog })[0]?.formerOwners).toMatchObject([
			{
				name: "ben",
				holdsKey: false,
				removed: "2026-11-21T10:00:03Z",
				keyRotated: "2026-11-21T10:00:04Z",
				mayKnow: ["x"],
			},
		]);
	});

	test("is none once they are an owner again, or the domain is another of the same name", async () => {
		expect(await exposureAfter([hire, remove, hire])).toBeUndefined();
		const again = act("addDomain", { custodian: "ann" });
		expect(await exposureAfter([hire, remove, act("removeDomain"), again])).toBeUndefined();
	});
});

test("in words", async () => {
	const file = await fileAfter([act("addOwner"), act("removeOwner"), act("rotate")]);
	const lines = findExposures(file.data).flatMap(describeExposure);
	expect(lines).toEqual([
		"a:",
		"  ben, removed 1970-01-01T00:00:08Z, key rotated 1970-01-01T00:00:09Z: may know these values, not set anew since: x",
	]);
	const cleared = file.updateSecret("a", "x", "2");
	expect(findExposures(cleared.data).flatMap(describeExposure)[1]).toEndWith(
		"knows no present value",
	);
	const held = await fileAfter([act("addOwner"), act("removeOwner")]);
	expect(findExposures(held.data).flatMap(describeExposure)[1]).toBe(
		"  ben, removed 1970-01-01T00:00:08Z: holds the key of a, not rotated since, and so can read every present value and every one to come: x",
	);
});

describe("at least", () => {
	test("is said where the log was truncated", async () => {
		const file = await fileAfter([act("addOwner"), act("removeOwner"), act("rotate")]);
		const [exposure] = findExposures(file.truncateAuditLog(2).data);
		expect(exposure).toMatchObject({
			domain: "a",
			isAtLeast: true,
			formerOwners: [
				{
					name: "ben",
					removed: "1970-01-01T00:00:08Z",
					keyRotated: "1970-01-01T00:00:09Z",
					mayKnow: ["x"],
				},
			],
		});
		expect(exposure && describeExposure(exposure).join("\n")).toContain("may know at least");
	});

	test("is said of every domain that began before the log does, and of none that began after", async () => {
		const file = await fileAfter([act("addDomain", { domain: "it's: c" })]);
		const domains = findExposures(file.truncateAuditLog(1).data).map(({ domain }) => domain);
		expect(domains).toEqual(["a", "b"]);
	});

	test("is said where a value or an owner came without an entry", async () => {
		const { data } = await fileAfter([]);
		const silent = data.auditLog.filter((entry) => !entry.endsWith("added secret x in a"));
		expect(findExposures({ ...data, auditLog: silent })).toEqual([
			{ domain: "a", isAtLeast: true, formerOwners: [] },
		]);
	});
});

test("reads the log that the Python tool wrote", () => {
	const bytes = readFileSync(join(import.meta.dir, "../../vectors/team.yaml"));
	expect(findExposures(KeyFile.parse(bytes).data).flatMap(describeExposure)).toEqual([
		"prod:",
		"  bob@example.com, removed 2026-11-21T17:52:23Z, key rotated 2026-11-21T17:52:23Z: may know these values, not set anew since: API_KEY, db-password, empty",
	]);
});

/** By domain and person, the values and keys that they could get at. */
type Seen = Map<string, { values: Set<string>; keys: Set<number> }>;

/** Takes the steps, and notes who can open what after each. */
async function watch(branch: Branch, all: readonly Step[], seen: Seen): Promise<void> {
	for (const one of [undefined, ...all]) {
		if (one) await branch.take([one]);
		for (const [domain, { key, owners, secrets }] of branch.model.domains) {
			for (const owner of owners.keys()) {
				const entry = seen.get(`${domain}/${owner}`) ?? { values: new Set(), keys: new Set() };
				entry.keys.add(key);
				seen.set(`${domain}/${owner}`, entry);
			}
			for (const [id, { values, keys }] of seen) {
				if (!id.startsWith(`${domain}/`) || !keys.has(key)) continue;
				for (const value of secrets.values()) values.add(value);
			}
		}
	}
}

/** What is found, and what was seen, of each domain and each person who is no owner of it. */
function compareWith(seen: Seen, model: Pick<Model, "custodians" | "domains">, data: FileData) {
	const found = findExposures(data);
	return [...model.domains].flatMap(([domain, { key, owners, secrets }]) =>
		["ann", "ben", "cleo"]
			.filter((person) => !owners.has(person))
			.map((name) => {
				const { values, keys } = seen.get(`${domain}/${name}`) ?? {};
				const exposure = found.find((one) => one.domain === domain);
				// A custodian who was removed and one of the same name that was added later are two.
				const former = exposure?.formerOwners.filter((person) => person.name === name) ?? [];
				const known = [...secrets].filter(([, value]) => values?.has(value));
				return {
					found: {
						mayKnow: [...new Set(former.flatMap(({ mayKnow }) => mayKnow))].sort(),
						holdsKey: former.some(({ holdsKey }) => holdsKey),
					},
					seen: {
						mayKnow: known.map(([secret]) => secret).sort(),
						holdsKey: keys?.has(key) ?? false,
					},
				};
			}),
	);
}

test("over any history, a former owner knows what they were ever able to open", async () => {
	await fc.assert(
		fc.asyncProperty(steps(14), async (taken) => {
			// A secret that is added in the second in which another goes may be the same, renamed.
			const all = taken.map((one) => ({ ...one, pause: 1 }));
			const branch = await Branch.start();
			const seen: Seen = new Map();
			await watch(branch, all, seen);
			for (const person of compareWith(seen, branch.model, branch.file.data)) {
				expect(person.found).toEqual(person.seen);
			}
		}),
		{ numRuns: RUNS },
	);
}, 60_000);

test("over branches that merge, nothing that a former owner knows goes unsaid", async () => {
	await fc.assert(
		fc.asyncProperty(steps(8), steps(6), steps(6), async (past, left, right) => {
			const seen: Seen = new Map();
			const base = await Branch.start();
			await watch(base, past, seen);
			const [ours, theirs] = [base.fork(), base.fork()];
			await watch(ours, left, seen);
			await watch(theirs, right, seen);
			const names = { ours: "ours", theirs: "theirs" };
			const { data, conflicts } = mergeVersions(
				{ data: base.file.data },
				ours.file.data,
				theirs.file.data,
				names,
				typedCommand(),
			);
			if (conflicts.length > 0) return;
			const { model } = mergeByRules(base.model, ours.model, theirs.model);
			for (const { found, seen: known } of compareWith(seen, model, data)) {
				expect(found.mayKnow).toEqual(expect.arrayContaining(known.mayKnow));
				if (known.holdsKey) expect(found.holdsKey).toBe(true);
			}
		}),
		{ numRuns: RUNS },
	);
}, 60_000);
