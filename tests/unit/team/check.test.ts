import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { ProtectError } from "../../../src/errors.ts";
import { encodeEnvelope } from "../../../src/format/envelope.ts";
import { readProtected } from "../../../src/format/read.ts";
import { KeyFile } from "../../../src/model/key-file.ts";
import { checkFile } from "../../../src/team/check.ts";
import { checkByOpening } from "../../../src/team/check-decrypt.ts";
import { madeFrom } from "../../../src/team/file-history.ts";
import { FINDING_CODES, type Finding } from "../../../src/team/finding.ts";
import { Branch, type Step } from "./branch.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const act = (kind: Step["kind"], more: Partial<Step> = {}): Step => {
	return { domain: "a", custodian: "ben", secret: "x", pause: 1, kind, ...more };
};

/** A file with nothing to say about: two owners of each domain. */
async function sound(): Promise<Branch> {
	return (await Branch.start()).take([act("addOwner"), act("addOwner", { domain: "b" })]);
}

/** The findings, each with the text of its line before any value. */
function found(text: string, findings: readonly Finding[] = checkFile(encode(text), "p").findings) {
	const lines = text.split("\n");
	return findings.map(({ line, level, what }) => {
		const start = lines[line - 1]?.trim().replace(/: [A-Za-z0-9+/=]{40,}$/, "");
		return `${start} | ${level} | ${what}`;
	});
}

test("a sound file has nothing to say about", async () => {
	const { bytes } = await sound();
	expect(checkFile(bytes, "p").findings).toEqual([]);
});

describe("problems", () => {
	test("each conflict once, whatever else is wrong", async () => {
		const text = decode((await sound()).bytes);
		const marked = text.replace(
			/^ {2}secret-x.*\n/gm,
			"<<<<<<< HEAD\n$&||||||| base\n=======\n$&>>>>>>> feature\n",
		);
		const { findings, source } = checkFile(encode(marked), "p");
		expect(source).toBeUndefined();
		expect(findings.map(({ line, level }) => [line, level])).toEqual([
			[2, "problem"],
			[14, "problem"],
		]);
		expect(findings[0]).toMatchObject({
			code: "conflict-marker",
			what: "holds a Git conflict marker",
		});
		const rest = found(text.replace("audit-log:", "=======\naudit-log:"));
		expect(rest).toEqual(["======= | problem | holds a Git conflict marker"]);
	});

	test.each([
		["a word", "hunter2"],
		["a number", "12345"],
		["base64 of no box", Buffer.alloc(80, 1).toString("base64")],
		["a box that is cut", encodeEnvelope(new Uint8Array(47))],
		[
			"bytes of the right length that start with no public key",
			encodeEnvelope(new Uint8Array(60).fill(0xff)),
		],
	])("a value typed into the file: %s", async (_, value) => {
		const text = decode((await sound()).bytes).replace(/^( {2}secret-x: ).*/m, `$1${value}`);
		const { findings } = checkFile(encode(text), "p");
		expect(findings).toHaveLength(1);
		expect(findings[0]).toMatchObject({
			line: 2,
			level: "problem",
			what: "secret x of a is no sealed box, as if its value had been typed into the file",
		});
		expect(findings[0]?.todo).toContain("pprotect update-secret a x");
		expect(JSON.stringify(findings)).not.toContain(value);
	});

	test("all that reading refuses, each on its line", async () => {
		const text = decode((await sound()).bytes)
			.replace(/^ {2}ben:\n.*\n/m, "")
			.replace(/^( {4}public-key: ).*/m, "$1AAAA");
		expect(found(text)).toEqual([
			'public-key: AAAA | problem | public-key of domain "a" holds 2 bytes, not 32',
			'ben | problem | owner "ben" of domain "a" is not a key custodian',
			'ben | problem | owner "ben" of domain "b" is not a key custodian',
		]);
	});

	test("text that is no YAML", () => {
		const { findings, source } = checkFile(encode("a: [\n"), "p");
		expect(source).toBeUndefined();
		expect(findings.map(({ level }) => level)).toEqual(["problem"]);
	});

	test("an owner's entry that is a copy of another's", async () => {
		const text = decode((await sound()).bytes);
		const [, box = ""] = /^ {6}ann: (.*)$/m.exec(text) ?? [];
		expect(found(text.replace(/^( {6}ben: ).*/m, `$1${box}`))).toEqual([
			"ben | problem | the entry of owner ben of a is that of ann of a, and cannot be right in both",
		]);
	});

	test("entries that another version has beside an older key", async () => {
		const before = await sound();
		const after = await before
			.fork()
			.take([act("rotate"), act("rekey"), act("addSecret", { secret: "y" })]);
		// A wrong choice between markers: the old lines in the new file.
		const old = decode(before.bytes);
		const lineOf = (pattern: RegExp) => pattern.exec(old)?.[0] ?? "";
		const text = decode(after.bytes)
			.replace(/^ {2}secret-x: .*$/m, lineOf(/^ {2}secret-x: .*$/m))
			.replace(/^ {6}ben: .*$/m, lineOf(/^ {6}ben: .*$/m));
		const head = { name: "HEAD", data: before.file.data };
		const merged = { name: "MERGE_HEAD", data: after.file.data };
		const findings = (versions: (typeof head)[]) =>
			checkFile(encode(text), "p", { past: madeFrom(versions) }).findings;
		expect(found(text, findings([head, merged]))).toEqual([
			"secret-x | problem | secret x of a is sealed to an older key of a, as HEAD shows, so that nobody can open it",
			"ben | problem | the entry of owner ben of a is out of date, as HEAD shows: ben or a has another key since, so that it does not open",
		]);
		expect(findings([])).toEqual([]);
	});
});

test("an entry that another version has beside an older key of the custodian", async () => {
	const before = await sound();
	const after = await before.fork().take([act("rekey")]);
	const entry = /^ {6}ben: .*$/m.exec(decode(before.bytes))?.[0] ?? "";
	const text = decode(after.bytes).replace(/^ {6}ben: .*$/m, entry);
	const versions = [
		{ name: "HEAD", data: before.file.data },
		{ name: "MERGE_HEAD", data: after.file.data },
	];
	expect(
		checkFile(encode(text), "p", { past: madeFrom(versions) }).findings.map(({ what }) => what),
	).toEqual([
		"the entry of owner ben of a is out of date, as HEAD shows: ben or a has another key since, so that it does not open",
	]);
});

test("whatever the bytes, there is a report, and a problem wherever reading fails", () => {
	const vector = readFileSync(join(import.meta.dir, "../../vectors/team.yaml"));
	const edit = fc.record({ at: fc.nat(vector.length), remove: fc.nat(40), insert: fc.string() });
	fc.assert(
		fc.property(fc.array(edit, { maxLength: 4 }), (edits) => {
			let text = vector.toString();
			for (const { at, remove, insert } of edits) {
				text = text.slice(0, at) + insert + text.slice(at + remove);
			}
			const { findings } = checkFile(encode(text), "p");
			const hasProblem = findings.some(({ level }) => level === "problem");
			let isReadable = true;
			try {
				readProtected(encode(text), "p");
			} catch (error) {
				expect(error).toBeInstanceOf(ProtectError);
				isReadable = false;
			}
			if (!isReadable) expect(hasProblem).toBe(true);
		}),
		{ numRuns: 200 },
	);
});

describe("what does not make a check fail", () => {
	test("a domain with one owner, a custodian who owns nothing", async () => {
		const text = decode((await Branch.start()).bytes);
		expect(found(text)).toEqual([
			"a: | warning | domain a has one owner, ann: without their passphrase its values are lost",
			"b: | warning | domain b has one owner, ann: without their passphrase its values are lost",
			"ben: | warning | key custodian ben owns nothing",
		]);
	});

	test("two domains with one key", async () => {
		const text = decode((await sound()).bytes);
		const [, domain = ""] = /^(a:\n(?: .*\n)*)/.exec(text) ?? [];
		const copy = domain.replace("a:", "copy:").replace(/^ {2}secret-.*\n/m, "");
		expect(found(copy + text)).toEqual([
			"public-key | warning | a has the same key as copy: who owns one can open both",
		]);
	});

	test("a custodian of many domains, a key that is quick to guess", async () => {
		const names = ["c", "d", "e", "f", "g"];
		const file = names.reduce<KeyFile>(
			(all, domain) => all.addDomain(domain, "ann"),
			(await Branch.start()).file,
		);
		expect(found(decode(file.encode())).filter((line) => line.includes("| note |"))).toEqual([
			"ann: | note | key custodian ann owns 7 domains, which one passphrase opens",
		]);
		const vector = readFileSync(join(import.meta.dir, "../../vectors/v3-scrypt-fast.yaml"), "utf8");
		const notes = checkFile(encode(vector), "p").findings.filter(({ level }) => level === "note");
		expect(notes.map(({ code }) => code)).toEqual(["one-owner", "quick-to-guess"]);
		expect(notes[1]?.what).toContain("is quicker to guess than with a hard key (scrypt, ");
		const hard = readFileSync(join(import.meta.dir, "../../vectors/v3-scrypt-hard.yaml"));
		expect(checkFile(hard, "p").findings.map(({ code }) => code)).toEqual(["one-owner"]);
	});
});

describe("by opening", () => {
	async function opened(text: string, branch: Branch, name: string) {
		const key = branch.keys.get(name);
		if (!key) throw new Error("no key");
		return found(text, checkByOpening(readProtected(encode(text), "p"), key));
	}

	test("a sound file has nothing to say about but what is not theirs", async () => {
		const branch = await (await Branch.start()).take([act("addOwner")]);
		const text = decode(branch.bytes);
		expect(await opened(text, branch, "ann")).toEqual([]);
		expect(await opened(text, branch, "ben")).toEqual([
			"b: | note | domain b was not opened: ben is no owner of it",
		]);
	});

	test("a public key that somebody put in the place of the domain's", async () => {
		const branch = await sound();
		const attacker = await sound();
		const [, foreign = ""] = /public-key: (.*)/.exec(decode(attacker.bytes)) ?? [];
		const text = decode(branch.bytes).replace(/(public-key: ).*/, `$1${foreign}`);
		const added = KeyFile.parse(text).addSecret("a", "y", "1");
		const [first, second, ...others] = await opened(decode(added.encode()), branch, "ann");
		expect(first).toBe("secret-y | problem | secret y of domain a does not open");
		expect(second).toStartWith(
			"public-key | problem | the public key of a is not that of the private key which ann holds",
		);
		expect(others).toEqual([]);
	});

	test("secrets sealed to an older key, and an entry sealed to the custodian's", async () => {
		const branch = await sound();
		const rotated = await branch.fork().take([act("rotate")]);
		const oldLine = /^ {2}secret-x: .*$/m.exec(decode(branch.bytes))?.[0] ?? "";
		const stale = decode(rotated.bytes).replace(/^ {2}secret-x: .*$/m, oldLine);
		expect(await opened(stale, rotated, "ann")).toEqual([
			"secret-x | problem | secret x of domain a does not open",
		]);

		const rekeyed = await branch.fork().take([act("rekey")]);
		const oldEntry = /^ {6}ben: .*$/m.exec(decode(branch.bytes))?.[0] ?? "";
		const mixed = decode(rekeyed.bytes).replace(/^ {6}ben: .*$/m, oldEntry);
		expect(await opened(mixed, rekeyed, "ben")).toEqual([
			"ben | problem | the key of domain a does not open for its owner ben",
		]);
	});
});

test("the documents say what each code means", () => {
	const page = readFileSync(join(import.meta.dir, "../../../docs/git.md"), "utf8");
	const [, table = ""] = /^### What it finds\n([\s\S]*?)^## /m.exec(page) ?? [];
	const told = Array.from(table.matchAll(/^\| (`.*?) \| /gm), ([, cell = ""]) => cell.split(", "));
	expect(told.flat().sort()).toEqual(FINDING_CODES.map((code) => `\`${code}\``).toSorted());
});
