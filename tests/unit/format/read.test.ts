import { describe, expect, test } from "bun:test";
import { FormatError } from "../../../src/errors.ts";
import { readProtected } from "../../../src/format/read.ts";

const PUBLIC_KEY = Buffer.concat([Buffer.of(0), Buffer.alloc(32, 1)]).toString("base64");
const OWNER_BOX = Buffer.concat([Buffer.of(0), Buffer.alloc(80, 2)]).toString("base64");
const SECRET_BOX = Buffer.concat([Buffer.of(0), Buffer.alloc(48, 3)]).toString("base64");

/** A pwdkm of some version: its byte, the parameters, a salt and a public key. */
function pwdkm(version: number, parameters: readonly number[] = [], salt = 8): string {
	return Buffer.from([version, ...parameters, ...Buffer.alloc(salt + 32, 4)]).toString("base64");
}

/** The lines of a file that is right; from 1, as an error counts them. */
const LINES = [
	"prod:",
	`  secret-a: ${SECRET_BOX}`,
	"  meta:",
	`    public-key: ${PUBLIC_KEY}`,
	"    owners:",
	`      alice: ${OWNER_BOX}`,
	"key-custodians:",
	"  alice:",
	`    pwdkm: ${pwdkm(2)}`,
	"audit-log:",
	"- 2026-11-21T17:50:49Z -- created",
];

/** The right file with some of its lines put in others' place. */
function withLines(replaced: Readonly<Record<number, string | undefined>>): Uint8Array {
	const lines = LINES.flatMap((line, index) => {
		if (!(index + 1 in replaced)) return [line];
		const other = replaced[index + 1];
		return other === undefined ? [] : [other];
	});
	return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
}

function problemsOf(bytes: Uint8Array): FormatError[] {
	const problems: FormatError[] = [];
	readProtected(bytes, "f.yaml", (problem) => problems.push(problem));
	return problems;
}

function u32(value: number): number[] {
	return [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
}

test("a file that is right says what it says", () => {
	const { data } = readProtected(withLines({}), "f.yaml");
	expect(data.custodians).toEqual(new Map([["alice", pwdkm(2)]]));
	expect(data.auditLog).toEqual(["2026-11-21T17:50:49Z -- created"]);
	expect(data.domains).toEqual(
		new Map([
			[
				"prod",
				{
					publicKey: PUBLIC_KEY,
					owners: new Map([["alice", OWNER_BOX]]),
					secrets: new Map([["a", SECRET_BOX]]),
				},
			],
		]),
	);
});

test("a file with no domain and an empty log is right", () => {
	const text = "key-custodians: {}\naudit-log: []\n";
	const { data } = readProtected(new TextEncoder().encode(text), "f.yaml");
	expect(data).toEqual({ domains: new Map(), custodians: new Map(), auditLog: [] });
});

describe("what the format does not know is refused, with its line and what to do", () => {
	test.each<
		[what: string, lines: Record<number, string | undefined>, line: number, problem: string]
	>([
		[
			"an unknown key in a domain",
			{ 2: "  note: x" },
			2,
			'domain "prod" has the unknown key "note"',
		],
		[
			"an unknown key in meta",
			{ 4: `    public-key: ${PUBLIC_KEY}\n    x: y` },
			5,
			'meta of domain "prod" has the unknown key "x"',
		],
		[
			"an unknown key of a custodian",
			{ 9: `    pwdkm: ${pwdkm(2)}\n    x: y` },
			10,
			'custodian "alice" has the unknown key "x"',
		],
		[
			"a top-level key that is no domain",
			{ 1: "version: 2\nprod:" },
			1,
			'"version" is not a mapping',
		],
		["a text in place of a domain", { 1: "x: y\nprod:" }, 1, '"x" is not a mapping'],
		["a list in place of a domain", { 1: "x:\n- y\nprod:" }, 1, '"x" is not a mapping'],
		["a number in place of a secret", { 2: "  secret-a: 12" }, 2, '"secret-a" is not text'],
		["nothing in place of a secret", { 2: "  secret-a:" }, 2, '"secret-a" is not text'],
		["a mapping in place of a secret", { 2: "  secret-a:\n    b: c" }, 2, '"secret-a" is not text'],
		[
			"a text in place of meta",
			{ 3: "  meta: x", 4: undefined, 5: undefined, 6: undefined },
			3,
			'"meta" is not a mapping',
		],
		[
			"a text in place of owners",
			{ 5: "    owners: alice", 6: undefined },
			5,
			'"owners" is not a mapping',
		],
		[
			"a number in place of a public key",
			{ 4: "    public-key: 1" },
			4,
			'"public-key" is not text',
		],
		[
			"a text in place of a custodian",
			{ 8: "  alice: x", 9: undefined },
			8,
			'"alice" is not a mapping',
		],
		[
			"a text in place of the custodians",
			{ 7: "key-custodians: x", 8: undefined, 9: undefined },
			7,
			'"key-custodians" is not a mapping',
		],
		[
			"a text in place of the log",
			{ 10: "audit-log: x", 11: undefined },
			10,
			"audit-log is not a list",
		],
		[
			"a number in the log",
			{ 11: "- 12" },
			11,
			"audit-log holds an entry that YAML does not read as text",
		],
		[
			"nothing in the log",
			{ 11: "-" },
			11,
			"audit-log holds an entry that YAML does not read as text",
		],
		[
			"no custodians",
			{ 7: undefined, 8: undefined, 9: undefined, 6: `      alice: ${OWNER_BOX}` },
			8,
			"has no key-custodians",
		],
		["no log", { 10: undefined, 11: undefined }, 9, "has no audit-log"],
		[
			"no meta",
			{ 3: undefined, 4: undefined, 5: undefined, 6: undefined },
			1,
			'domain "prod" has no meta with a public-key and owners',
		],
		["no public key", { 4: undefined }, 3, 'domain "prod" has no public-key'],
		["no pwdkm", { 9: "    {}" }, 8, 'custodian "alice" has no pwdkm'],
		[
			"a domain without owners",
			{ 5: "    owners: {}", 6: undefined },
			3,
			'domain "prod" has no owners',
		],
		[
			"a domain without an owners key",
			{ 5: undefined, 6: undefined },
			3,
			'domain "prod" has no owners',
		],
		[
			"an owner who is no custodian",
			{ 6: `      bob: ${OWNER_BOX}` },
			6,
			'owner "bob" of domain "prod" is not a key custodian',
		],
		["a domain called meta", { 1: "metadata:" }, 1, 'domain "metadata" may not start with "meta"'],
		[
			"a bad secret name",
			{ 2: `  secret-1a: ${SECRET_BOX}` },
			2,
			'secret "1a" of domain "prod" is not named with a letter',
		],
		[
			"a secret without a name",
			{ 2: `  secret-: ${SECRET_BOX}` },
			2,
			'secret "" of domain "prod" is not named with a letter',
		],
		[
			"base64 without its padding",
			{ 4: `    public-key: ${PUBLIC_KEY.replace(/=+$/, "")}x` },
			4,
			'public-key of domain "prod" is not base64',
		],
		[
			"base64 with loose bits",
			{
				4: `    public-key: ${Buffer.alloc(34).toString("base64").replace("==", "").slice(0, -1)}B==`,
			},
			4,
			'public-key of domain "prod" is not base64',
		],
		[
			"base64 in the URL alphabet",
			{ 2: "  secret-a: AA-_" },
			2,
			'secret a of domain "prod" is not base64',
		],
		[
			"base64 with blanks",
			{ 2: `  secret-a: ${SECRET_BOX.slice(0, 8)} ${SECRET_BOX.slice(8)}` },
			2,
			'secret a of domain "prod" is not base64',
		],
		[
			"base64 on several lines",
			{ 2: `  secret-a: |-\n    ${SECRET_BOX.slice(0, 8)}\n    ${SECRET_BOX.slice(8)}` },
			2,
			'secret a of domain "prod" is not base64',
		],
		["an empty secret", { 2: "  secret-a: ''" }, 2, 'secret a of domain "prod" is empty'],
		[
			"a secret too short",
			{ 2: `  secret-a: ${Buffer.alloc(48).toString("base64")}` },
			2,
			'secret a of domain "prod" is too short to be a sealed box',
		],
		[
			"a public key too short",
			{ 4: `    public-key: ${Buffer.alloc(32).toString("base64")}` },
			4,
			'public-key of domain "prod" holds 31 bytes, not 32',
		],
		[
			"an owner's box too long",
			{ 6: `      alice: ${Buffer.alloc(82).toString("base64")}` },
			6,
			'owner "alice" of domain "prod" holds 81 bytes, not 80',
		],
		[
			"an unknown envelope",
			{ 2: `  secret-a: ${Buffer.alloc(49, 1).toString("base64")}` },
			2,
			"version 1 is not supported",
		],
		[
			"an unknown key format",
			{ 9: `    pwdkm: ${pwdkm(4)}` },
			9,
			'custodian "alice" uses key format version 4',
		],
		[
			"a pwdkm of the wrong length",
			{ 9: `    pwdkm: ${pwdkm(2, [0])}` },
			9,
			'custodian "alice" has a pwdkm of 42 bytes',
		],
		[
			"a pwdkm that is no base64",
			{ 9: "    pwdkm: A" },
			9,
			'custodian "alice" has a pwdkm that is not base64',
		],
		[
			"Argon2id memory out of bounds",
			{ 9: `    pwdkm: ${pwdkm(1, [...u32(2), ...u32(2 ** 30 + 1024)])}` },
			9,
			'custodian "alice"',
		],
		[
			"Argon2id passes out of bounds",
			{ 9: `    pwdkm: ${pwdkm(1, [...u32(21), ...u32(65536)])}` },
			9,
			'custodian "alice"',
		],
		[
			"scrypt's N out of bounds",
			{ 9: `    pwdkm: ${pwdkm(3, [21, 8, 1], 16)}` },
			9,
			'custodian "alice"',
		],
		[
			"scrypt's r out of bounds",
			{ 9: `    pwdkm: ${pwdkm(3, [10, 33, 1], 16)}` },
			9,
			'custodian "alice"',
		],
		[
			"scrypt's memory out of bounds",
			{ 9: `    pwdkm: ${pwdkm(3, [20, 16, 1], 16)}` },
			9,
			'custodian "alice"',
		],
	])("%s", (_, lines, line, problem) => {
		const bytes = withLines(lines);
		let thrown: unknown;
		try {
			readProtected(bytes, "f.yaml");
		} catch (error) {
			thrown = error;
		}
		if (!(thrown instanceof FormatError)) throw new Error("not refused");
		expect(thrown.message).toStartWith(`f.yaml:${line}: `);
		expect(thrown.problem).toInclude(problem);
		expect(thrown.hint).toMatch(/^[a-z]/);
		expect(problemsOf(bytes).map(({ problem }) => problem)).toContain(thrown.problem);
	});

	test("KDF parameters out of bounds are named with their bounds", () => {
		const [problem] = problemsOf(withLines({ 9: `    pwdkm: ${pwdkm(3, [21, 8, 1], 16)}` }));
		expect(problem?.message).toMatch(/^f\.yaml:9: custodian "alice" .*\b(log2N|N)\b.*\b20\b/);
	});

	test.each([
		["", "f.yaml:1: is empty"],
		["\n# nothing\n", "f.yaml:1: is not a protected file"],
		["hello\n", "f.yaml:1: is not a protected file"],
		["- a\n", "f.yaml:1: is not a protected file"],
		["{}\n", "f.yaml:1: has no key-custodians"],
	])("what is no protected file at all: %j", (text, message) => {
		expect(problemsOf(new TextEncoder().encode(text))[0]?.message).toBe(message);
	});

	test("no message shows a value", () => {
		const bytes = withLines({
			2: "  secret-a: hunter2",
			4: "    public-key: hunter2",
			9: "    pwdkm: hunter2",
		});
		const problems = problemsOf(bytes);
		expect(problems).toHaveLength(3);
		for (const problem of problems) expect(problem.message).not.toContain("hunter2");
	});
});

test("all problems are told where they are collected, in the order of the lines of each part", () => {
	const bytes = withLines({ 2: "  secret-a: x\n  b: c", 4: "    public-key: y", 11: "- 12" });
	expect(problemsOf(bytes).map(({ line }) => line)).toEqual([2, 3, 5, 12]);
});

test("KDF parameters within bounds are read", () => {
	for (const entry of [
		pwdkm(0),
		pwdkm(1, [...u32(20), ...u32(2 ** 30)]),
		pwdkm(3, [20, 8, 1], 16),
	]) {
		expect(problemsOf(withLines({ 9: `    pwdkm: ${entry}` }))).toEqual([]);
	}
});
