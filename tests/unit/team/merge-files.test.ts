import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KeyFile } from "../../../src/model/key-file.ts";
import { type MergedFile, mergeFiles } from "../../../src/team/merge-files.ts";
import { Branch, type Step } from "./branch.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

function merge(base: string, ours: string, theirs: string, markerSize = 7): MergedFile {
	return mergeFiles({
		base: encode(base),
		ours: encode(ours),
		theirs: encode(theirs),
		path: "protected.yaml",
		names: { ours: "main", theirs: "feature" },
		markerSize,
	});
}

/** The text after `change`; its clock stands at `second` of an hour. */
function edit(text: string, second: number, change: (file: KeyFile) => KeyFile): string {
	const now = () => new Date(Date.UTC(2026, 10, 22, 10, 0, second));
	return decode(change(KeyFile.parse(text, { now })).encode());
}

/** Lines of `after` that are not in `before`. */
function newLines(before: string, after: string): string[] {
	const known = new Set(before.split(/\r?\n/));
	return after.split(/\r?\n/).filter((line) => !known.has(line));
}

const python = readFileSync(join(import.meta.dir, "../../vectors/team.yaml"), "utf8");

describe("a file that the Python tool wrote", () => {
	test("gets a secret from each side, each in its place, and both log entries", () => {
		const ours = edit(python, 2, (file) => file.addSecret("prod", "our-key", "1"));
		const theirs = edit(python, 1, (file) => file.addSecret("dev", "their-key", "2"));
		const { bytes, conflicts } = merge(python, ours, theirs);
		expect(conflicts).toEqual([]);
		const merged = decode(bytes);
		expect(newLines(python, merged).map((line) => line.replace(/: A.*/, ""))).toEqual([
			"  secret-their-key",
			"  secret-our-key",
			"- 2026-11-22T10:00:01Z -- added secret their-key in dev",
			"- 2026-11-22T10:00:02Z -- added secret our-key in prod",
		]);
		expect(newLines(merged, ours)).toEqual([]);
		expect(newLines(merged, theirs)).toEqual([]);
	});

	test("keeps comments, blank lines and layout of ours, and gets those of theirs", () => {
		const base = python.replace("prod:\n", "# production\nprod:\n");
		const ours = edit(base, 1, (file) => file.addSecret("prod", "our-key", "1"))
			.replace("ci:\n", "# for the pipeline\nci:\n")
			.replace(
				"- 2026-11-21T17:52:23Z -- created\n",
				"- '2026-11-21T17:52:23Z -- created' # the start\n",
			);
		const theirs = edit(base, 2, (file) => file.addSecret("dev", "their-key", "2")).replace(
			"dev:\n",
			"  \n# for everyone\ndev:\n",
		);
		const { bytes, conflicts, isFormattingLeftOut } = merge(base, ours, theirs);
		expect(conflicts).toEqual([]);
		expect(isFormattingLeftOut).toBe(false);
		expect(newLines(ours, decode(bytes)).map((line) => line.replace(/: A.*/, ""))).toEqual([
			"  ",
			"# for everyone",
			"  secret-their-key",
			"- 2026-11-22T10:00:02Z -- added secret their-key in dev",
		]);
		expect(newLines(decode(bytes), ours)).toEqual([]);
	});

	test("gets a comment of theirs above what comes next, where its place is gone", () => {
		const ours = edit(python, 1, (file) => file.removeDomain("dev").removeDomain("ci"));
		const theirs = edit(python, 2, (file) => file.addSecret("prod", "x", "2")).replace(
			"dev:\n",
			"# for everyone\ndev:\n",
		);
		const { bytes, conflicts, isFormattingLeftOut } = merge(python, ours, theirs);
		expect(conflicts).toEqual([]);
		expect(isFormattingLeftOut).toBe(false);
		expect(decode(bytes)).toStartWith("# for everyone\nprod:\n");
		expect(KeyFile.parse(bytes).domainNames).toEqual(["prod"]);
	});

	test.each([
		["CRLF line ends", (text: string) => text.replaceAll("\n", "\r\n")],
		["a byte-order mark", (text: string) => `\uFEFF${text}`],
		["no newline at its end", (text: string) => text.trimEnd()],
		[
			"its log first",
			(text: string) => {
				const [rest = "", log = ""] = text.split(/^(?=audit-log:)/m);
				return log + rest;
			},
		],
	])("with %s keeps them, with conflicts and without", (_, lay) => {
		const base = lay(python);
		const ours = edit(base, 1, (file) => file.addSecret("prod", "our-key", "1"));
		const theirs = edit(base, 2, (file) => file.addSecret("dev", "their-key", "2"));
		const clean = decode(merge(base, ours, theirs).bytes);
		expect(clean).toBe(lay(decode(merge(python, plain(ours), plain(theirs)).bytes)));

		const changed = edit(base, 2, (file) => file.addSecret("prod", "our-key", "2"));
		const marked = decode(merge(base, ours, changed).bytes);
		expect(marked.endsWith("\n")).toBe(base.endsWith("\n"));
		expect(marked.startsWith("\uFEFF")).toBe(base.startsWith("\uFEFF"));
		expect(marked.includes("\r\n")).toBe(base.includes("\r\n"));
		expect(/[^\r]\n/.test(marked)).toBe(/[^\r]\n/.test(base));
	});

	/** The same text as the Python tool lays it out. */
	function plain(text: string): string {
		const file = text.replace("\uFEFF", "").replaceAll("\r\n", "\n").trimEnd();
		const [first = "", rest] = file.split(/\n(?=ci:\n)/);
		return `${rest === undefined ? first : `${rest}\n${first}`}\n`;
	}
});

describe("markers", () => {
	test("stand around just the lines in conflict, with each side's version", () => {
		const ours = edit(python, 1, (file) => file.updateSecret("prod", "API_KEY", "1"));
		const theirs = edit(python, 2, (file) =>
			file.updateSecret("prod", "API_KEY", "2").addSecret("dev", "new", "3"),
		);
		const { bytes, conflicts } = merge(python, ours, theirs);
		const line = (text: string) => /^ {2}secret-API_KEY: .*$/m.exec(text)?.[0] ?? "";
		expect(decode(bytes)).toContain(
			`prod:\n<<<<<<< main\n${line(ours)}\n=======\n${line(theirs)}\n>>>>>>> feature\n  secret-db-password:`,
		);
		expect(decode(bytes).match(/<{7}/g)).toHaveLength(1);
		expect(decode(bytes)).toContain("  secret-new: ");
		expect(conflicts.map(({ what }) => what)).toEqual([
			"main and feature both changed secret API_KEY of prod",
		]);
	});

	test("have nothing on the side that has nothing", () => {
		const ours = edit(python, 1, (file) => file.removeSecret("prod", "API_KEY"));
		const theirs = edit(python, 2, (file) => file.updateSecret("prod", "API_KEY", "2"));
		const line = /^ {2}secret-API_KEY: .*$/m.exec(theirs)?.[0];
		expect(decode(merge(python, ours, theirs).bytes)).toContain(
			`prod:\n<<<<<<< main\n=======\n${line}\n>>>>>>> feature\n`,
		);
		expect(decode(merge(python, theirs, ours).bytes)).toContain(
			`prod:\n<<<<<<< main\n${line}\n=======\n>>>>>>> feature\n`,
		);
	});

	test("keep the layout of our version", () => {
		const lay = (text: string) =>
			text.replace(/^( {2}secret-API_KEY: )(.*)$/m, '$1"$2" # rotate me');
		const base = lay(python);
		const ours = lay(edit(python, 1, (file) => file.updateSecret("prod", "API_KEY", "1")));
		const theirs = edit(base, 2, (file) => file.updateSecret("prod", "API_KEY", "2"));
		const line = /^ {2}secret-API_KEY: .*$/m.exec(ours)?.[0] ?? "";
		expect(line).toEndWith('" # rotate me');
		expect(decode(merge(base, ours, theirs).bytes)).toContain(`<<<<<<< main\n${line}\n=======\n`);
	});

	test("are as long as git asks for", () => {
		const ours = edit(python, 1, (file) => file.updateSecret("prod", "API_KEY", "1"));
		const theirs = edit(python, 2, (file) => file.updateSecret("prod", "API_KEY", "2"));
		const marked = decode(merge(python, ours, theirs, 12).bytes);
		expect(marked).toMatch(/^<{12} main$/m);
		expect(marked).toMatch(/^={12}$/m);
		expect(marked).toMatch(/^>{12} feature$/m);
	});

	test("go around a whole domain whose name is too long to stand on a line with its colon", () => {
		const domain = "d".repeat(128);
		const base = edit(python, 1, (file) =>
			file
				.addDomain(domain, "alice@example.com")
				.addSecret(domain, "a", "1")
				.addSecret(domain, "b", "1"),
		);
		const ours = edit(base, 2, (file) => file.updateSecret(domain, "a", "2"));
		const theirs = edit(base, 3, (file) =>
			file.updateSecret(domain, "a", "3").updateSecret(domain, "b", "3"),
		);
		const marked = decode(merge(base, ours, theirs).bytes);
		for (const side of ["main", "feature"]) {
			const kept = marked.replace(
				/^<{7} main\n((?:.*\n)*?)={7}\n((?:.*\n)*?)>{7} feature\n/gm,
				side === "main" ? "$1" : "$2",
			);
			const { data } = KeyFile.parse(kept);
			const expected = KeyFile.parse(side === "main" ? ours : theirs).data;
			const [found, wanted] = [data, expected].map(({ domains }) =>
				domains.get(domain)?.secrets.get("a"),
			);
			expect(found ?? "").toBe(wanted ?? "none");
			expect(data.domains.get(domain)?.secrets.get("b")).toBe(
				KeyFile.parse(theirs).data.domains.get(domain)?.secrets.get("b") ?? "none",
			);
		}
	});
});

describe("a trap stops, naming what would be lost and what to type", () => {
	const common = { domain: "a", custodian: "ann", secret: "x", pause: 1 };
	const act = (kind: Step["kind"], more: Partial<Step> = {}): Step => ({
		...common,
		kind,
		...more,
	});

	async function conflictsOf(past: Step[], left: Step[], right: Step[]) {
		const base = await (await Branch.start()).take(past);
		const [ours, theirs] = [await base.fork().take(left), await base.fork().take(right)];
		const texts = [base, ours, theirs].map(({ bytes }) => decode(bytes));
		const [old = "", one = "", other = ""] = texts;
		return merge(old, one, other).conflicts.map(({ what, todo }) => `${what}: ${todo}`);
	}

	test("a key rotated while a secret was added", async () => {
		expect(await conflictsOf([], [act("addSecret", { secret: "y" })], [act("rotate")])).toEqual([
			"feature rotated the key of a while main added secret y of a, so that this value is sealed to the old key and nobody could open it: ask an owner whether they rotated the key; once they say so, take feature at the mark, then set the value again: pprotect add-secret a y",
		]);
	});

	test("a key rotated while a secret was updated", async () => {
		expect(await conflictsOf([], [act("rotate")], [act("updateSecret")])).toEqual([
			"main rotated the key of a while feature changed secret x of a, so that this value is sealed to the old key and nobody could open it: ask an owner whether they rotated the key; once they say so, take main at the mark, then set the value again: pprotect update-secret a x",
		]);
	});

	test("a key rotated while an owner was added", async () => {
		const addBen = act("addOwner", { custodian: "ben" });
		expect(await conflictsOf([], [act("rotate")], [addBen])).toEqual([
			"main rotated the key of a while feature made ben an owner of a: that entry holds the old key: delete the marked line, then, if ben is to own a and confirms the fingerprint of their key, add them again: pprotect add-owner a ben",
		]);
	});

	test("a key rotated, and so given to an owner who was removed meanwhile", async () => {
		const addBen = act("addOwner", { custodian: "ben" });
		const removeBen = act("removeOwner", { custodian: "ben" });
		expect(await conflictsOf([addBen], [removeBen], [act("rotate")])).toEqual([
			"main removed owner ben of a while feature rotated its key and gave them the new one: delete the marked line, then rotate again: see that everybody who owns a is to own it (pprotect status a), then pprotect rotate-domain-keys a",
		]);
	});

	test("a custodian re-keyed while they were made an owner", async () => {
		const [rekeyBen, addBen] = [
			act("rekey", { custodian: "ben" }),
			act("addOwner", { custodian: "ben" }),
		];
		expect(await conflictsOf([], [rekeyBen], [addBen])).toEqual([
			"main re-keyed custodian ben while feature made ben an owner of a: that entry is sealed to their old key: delete the marked line, then, if ben is to own a and confirms the fingerprint of their key, add them again: pprotect add-owner a ben",
		]);
	});

	test("a custodian removed while they were made an owner", async () => {
		const removeBen = act("removeCustodian", { custodian: "ben" });
		const addBen = act("addOwner", { custodian: "ben" });
		expect(await conflictsOf([], [removeBen], [addBen])).toEqual([
			"feature made ben an owner of a, whom main removed from the custodians: take the same side at every mark of ben: main, and they are out, or feature, and they stay",
		]);
	});

	test("a domain that nobody could open any more: its only owner re-keyed while its key was rotated", async () => {
		const [conflict, ...others] = await conflictsOf([], [act("rekey")], [act("rotate")]);
		expect(others).toEqual([]);
		expect(conflict).toContain("a would have no owner who can open it");
		expect(conflict).toContain("pprotect add-owner a");
	});
});

test("a secret that one side removed is gone, though the other rotated the key and nothing else", async () => {
	const common = { domain: "a", custodian: "ann", secret: "x", pause: 1 };
	const base = await Branch.start();
	const ours = await base.fork().take([{ ...common, kind: "removeSecret" }]);
	const theirs = await base.fork().take([{ ...common, kind: "rotate" }]);
	const { bytes, conflicts } = merge(decode(base.bytes), decode(ours.bytes), decode(theirs.bytes));
	expect(conflicts).toEqual([]);
	expect(KeyFile.parse(bytes).secretNames("a")).toEqual([]);
});

describe("a common ancestor", () => {
	const ours = edit(python, 1, (file) => file.addSecret("prod", "one", "1"));
	const theirs = edit(python, 2, (file) => file.addSecret("prod", "two", "2"));

	test("may be missing, where both sides added the file", () => {
		const { bytes, conflicts } = merge("", ours, theirs);
		expect(conflicts).toEqual([]);
		expect(bytes).toEqual(merge(python, ours, theirs).bytes);
	});

	test("may hold conflicts, as git makes one of several ancestors", () => {
		const line = /^ {2}secret-API_KEY: .*\n/m.exec(python)?.[0] ?? "";
		const between = (text: string) =>
			`<<<<<<<<< Temporary merge branch 1\n${text}=========\n${text}>>>>>>>>> 2\n`;
		const criss = python.replace(line, between(line));
		const { bytes, conflicts } = merge(criss, ours, theirs);
		expect(conflicts).toEqual([]);
		expect(bytes).toEqual(merge(python, ours, theirs).bytes);
	});
});

test("a side that cannot be read is refused with its line", () => {
	const broken = python.replace("key-custodians:", "key-custodians: 1");
	expect(() => merge(python, broken, python)).toThrow(/^protected\.yaml \(main\):\d+: /);
	expect(() => merge(python, python, broken)).toThrow(/^protected\.yaml \(feature\):\d+: /);
});

test("where a side has no custodian left, their list is marked as a whole", async () => {
	const common = { domain: "b", custodian: "ben", secret: "x", pause: 1 };
	const base = await (await Branch.start()).take([
		{ ...common, kind: "removeDomain", domain: "a" },
	]);
	const ours = await base.fork().take([
		{ ...common, kind: "removeDomain" },
		{ ...common, kind: "removeCustodian" },
	]);
	const theirs = await base.fork().take([
		{ ...common, kind: "addOwner" },
		{ ...common, kind: "removeCustodian", custodian: "ann" },
	]);
	const { bytes } = merge(decode(base.bytes), decode(ours.bytes), decode(theirs.bytes));
	expect(decode(bytes)).toContain(
		"<<<<<<< main\nkey-custodians: {}\n=======\nkey-custodians:\n  ben:\n",
	);
});

describe("an owner whom one side removed", () => {
	const common = { domain: "a", custodian: "ben", secret: "x", pause: 1 };
	const act = (kind: Step["kind"], more: Partial<Step> = {}): Step => ({
		...common,
		kind,
		...more,
	});

	async function mergeAfter(past: Step[], left: Step[], right: Step[], shared: Step[] = []) {
		const base = await (await Branch.start()).take([act("addOwner"), ...past]);
		const ours = await base.fork().take([...shared, ...left]);
		// What is shared is the same commit on both sides, as after a cherry-pick.
		const theirs =
			shared.length > 0 ? await (await ours.fork()).take(right) : await base.fork().take(right);
		return merge(decode(base.bytes), decode(ours.bytes), decode(theirs.bytes));
	}

	test("is removed, though the other side re-keyed them", async () => {
		const { bytes, conflicts } = await mergeAfter([], [act("rekey")], [act("removeOwner")]);
		expect(conflicts).toEqual([]);
		expect(KeyFile.parse(bytes).ownerNames("a")).toEqual(["ann"]);
	});

	test("is removed, though both sides have a rotation in between", async () => {
		const rotated = [act("rotate")];
		const { bytes, conflicts } = await mergeAfter([], [], [act("removeOwner")], rotated);
		expect(conflicts).toEqual([]);
		expect(KeyFile.parse(bytes).ownerNames("a")).toEqual(["ann"]);
	});

	test("is a conflict where the other side rotated, though they were re-keyed too", async () => {
		const { conflicts } = await mergeAfter([], [act("rekey"), act("rotate")], [act("removeOwner")]);
		expect(conflicts.map(({ what }) => what)).toEqual([
			"feature removed owner ben of a while main rotated its key and gave them the new one",
		]);
	});
});

test("a domain that hangs on a key in conflict is marked as a whole", async () => {
	const common = { domain: "it's: c", custodian: "ben", secret: "x", pause: 1 };
	const base = await Branch.start();
	const ours = await base.fork().take([
		{ ...common, kind: "rekey" },
		{ ...common, kind: "addDomain" },
		{ ...common, kind: "addSecret" },
	]);
	const theirs = await base.fork().take([{ ...common, kind: "rekey" }]);
	const { bytes, conflicts } = merge(decode(base.bytes), decode(ours.bytes), decode(theirs.bytes));
	expect(decode(bytes)).toMatch(/^<{7} main\n'it''s: c':|^<{7} main\n"it's: c":/m);
	expect(conflicts.map(({ what, todo }) => `${what}: ${todo}`)[1]).toBe(
		"who owns it's: c depends on the key of ben, which is in conflict itself: take the same side at the marks of the domain and of the custodian (main added owner ben, added secret x)",
	);
});

test("a domain made anew on one side, by a custodian in conflict, is marked as a whole", async () => {
	const common = { domain: "a", custodian: "cleo", secret: "x", pause: 1 };
	const base = await Branch.start();
	const ours = await base.fork().take([{ ...common, kind: "addCustodian" }]);
	const theirs = await base.fork().take([
		{ ...common, kind: "removeDomain" },
		{ ...common, kind: "addCustodian" },
		{ ...common, kind: "addDomain" },
	]);
	const { bytes } = merge(decode(base.bytes), decode(ours.bytes), decode(theirs.bytes));
	expect(decode(bytes).match(/^<{7} main\n(a:| {2}cleo:)/gm)).toHaveLength(2);
});
