import { expect, test } from "bun:test";
import fc from "fast-check";
import type { UnlockedCustodian } from "../../../src/model/key-custodian.ts";
import { KeyFile } from "../../../src/model/key-file.ts";
import type { Place } from "../../../src/team/conflict.ts";
import { type MergedFile, mergeFiles } from "../../../src/team/merge-files.ts";
import { Branch, type Model, steps } from "./branch.ts";
import { mergeByRules } from "./merge-by-rules.ts";

const RUNS = Number(process.env.MERGE_RUNS ?? 80);

function merge(base: Branch, ours: Uint8Array, theirs: Uint8Array): MergedFile {
	return mergeFiles({
		base: base.bytes,
		ours,
		theirs,
		path: "protected.yaml",
		names: { ours: "ours", theirs: "theirs" },
		markerSize: 7,
	});
}

/** Two branches of one history. */
const branches = fc.tuple(steps(8), steps(6), steps(6));

async function fork([past, left, right]: readonly [
	Parameters<Branch["take"]>[0],
	Parameters<Branch["take"]>[0],
	Parameters<Branch["take"]>[0],
]) {
	const base = await (await Branch.start()).take(past);
	const ours = await base.fork().take(left);
	const theirs = await base.fork().take(right);
	return { base, ours, theirs };
}

function placeName(place: Place): string {
	switch (place.kind) {
		case "domain":
			return `domain ${place.domain}`;
		case "custodian":
			return `custodian ${place.name}`;
		case "secret":
		case "owner":
			return `${place.kind} ${place.domain}/${place.name}`;
	}
}

/** What is in conflict, without what a whole domain in conflict holds anyway. */
function outermost(conflicts: Iterable<string>): string[] {
	const all = new Set(conflicts);
	return [...all]
		.filter((name) => !all.has(`domain ${/^(?:secret|owner) (.*)\//.exec(name)?.[1]}`))
		.sort();
}

/** Opens all of the file, as each owner of each domain, and expects the model's values. */
function expectOpens(
	bytes: Uint8Array,
	model: Pick<Model, "custodians" | "domains">,
	keyOf: (name: string) => readonly UnlockedCustodian[],
) {
	const file = KeyFile.parse(bytes);
	expect(file.domainNames).toEqual([...model.domains.keys()].sort());
	expect(file.custodianNames).toEqual([...model.custodians.keys()].sort());
	for (const [domain, { owners, secrets }] of model.domains) {
		expect(file.ownerNames(domain)).toEqual([...owners.keys()].sort());
		for (const owner of owners.keys()) {
			const pwdkm = file.data.custodians.get(owner);
			const key = keyOf(owner).find((candidate) => candidate.pwdkm === pwdkm);
			if (!key) throw new Error(`nobody has the key of ${owner}`);
			expect(Object.fromEntries(file.decryptDomain(domain, key))).toEqual(
				Object.fromEntries(secrets),
			);
		}
	}
}

test("random histories on two branches merge as the rules by hand have it, and all of it opens", async () => {
	await fc.assert(
		fc.asyncProperty(branches, async (histories) => {
			const { base, ours, theirs } = await fork(histories);
			const merged = merge(base, ours.bytes, theirs.bytes);
			const expected = mergeByRules(base.model, ours.model, theirs.model);
			const places = merged.conflicts.flatMap((conflict) => conflict.places.map(placeName));
			expect(outermost(places)).toEqual(outermost(expected.conflicts));
			if (expected.conflicts.size > 0) return;
			expectOpens(merged.bytes, expected.model, (name) =>
				[ours, theirs].flatMap(({ keys }) => keys.get(name) ?? []),
			);
		}),
		{ numRuns: RUNS },
	);
}, 60_000);

/** The file as it is once somebody takes one side at every mark. */
function resolve(bytes: Uint8Array, side: "ours" | "theirs"): string {
	return new TextDecoder()
		.decode(bytes)
		.replace(
			/^<{7} ours\n((?:.*\n)*?)={7}\n((?:.*\n)*?)>{7} theirs\n/gm,
			(_, ours: string, theirs: string) => (side === "ours" ? ours : theirs),
		);
}

test("what either side set is in the result under its key, or in a conflict that names it", async () => {
	await fc.assert(
		fc.asyncProperty(branches, async (histories) => {
			const { base, ours, theirs } = await fork(histories);
			const { bytes, conflicts } = merge(base, ours.bytes, theirs.bytes);
			const resolved = (["ours", "theirs"] as const).map((side) =>
				KeyFile.parse(resolve(bytes, side)),
			);
			for (const { model, file } of [ours, theirs]) {
				for (const [domain, { secrets }] of model.domains) {
					const old = base.model.domains.get(domain)?.secrets;
					for (const [secret, value] of secrets) {
						if (old?.get(secret) === value) continue;
						const about = conflicts.filter(({ places }) =>
							places
								.map(placeName)
								.some((name) => [`domain ${domain}`, `secret ${domain}/${secret}`].includes(name)),
						);
						const words = about.map(({ what, todo }) => `${what} ${todo}`).join(" ");
						if (about.length > 0) expect(words).toMatch(new RegExp(`\\b${secret}\\b`));
						const meant = file.data.domains.get(domain);
						const found = resolved.map(({ data }) => data.domains.get(domain));
						if (about.length > 0) continue;
						for (const version of found) {
							expect(version?.secrets.get(secret)).toBe(meant?.secrets.get(secret) ?? "");
							expect(version?.publicKey).toBe(meant?.publicKey ?? "");
						}
					}
				}
			}
		}),
		{ numRuns: RUNS },
	);
}, 60_000);

test("whichever side is taken at every mark, the file can be read", async () => {
	await fc.assert(
		fc.asyncProperty(branches, async (histories) => {
			const { base, ours, theirs } = await fork(histories);
			const { bytes } = merge(base, ours.bytes, theirs.bytes);
			KeyFile.parse(resolve(bytes, "ours"));
			KeyFile.parse(resolve(bytes, "theirs"));
		}),
		{ numRuns: RUNS },
	);
}, 60_000);

test("which side is called ours makes no difference", async () => {
	await fc.assert(
		fc.asyncProperty(branches, async (histories) => {
			const { base, ours, theirs } = await fork(histories);
			const one = merge(base, ours.bytes, theirs.bytes);
			const other = merge(base, theirs.bytes, ours.bytes);
			expect(one.conflicts.length).toBe(other.conflicts.length);
			if (one.conflicts.length === 0)
				expect(Buffer.from(one.bytes)).toEqual(Buffer.from(other.bytes));
		}),
		{ numRuns: RUNS },
	);
}, 60_000);

test("three branches give the same file, in whichever order they are merged", async () => {
	await fc.assert(
		fc.asyncProperty(fc.tuple(branches, steps(4)), async ([histories, third]) => {
			const { base, ours, theirs } = await fork(histories);
			const last = await base.fork().take(third);
			const all = [ours, theirs, last].map(({ bytes }) => bytes);
			const results = [
				[0, 1, 2],
				[0, 2, 1],
				[1, 2, 0],
				[2, 1, 0],
			].map((order) => {
				let hasConflicts = false;
				const bytes = order
					.flatMap((index) => all[index] ?? [])
					.reduce((merged, next) => {
						const result = hasConflicts ? undefined : merge(base, merged, next);
						hasConflicts ||= (result?.conflicts.length ?? 0) > 0;
						return result?.bytes ?? merged;
					});
				return hasConflicts ? undefined : Buffer.from(bytes).toString();
			});
			const clean = results.filter((result) => result !== undefined);
			expect(new Set(clean).size).toBeLessThan(2);
		}),
		{ numRuns: RUNS },
	);
}, 60_000);
