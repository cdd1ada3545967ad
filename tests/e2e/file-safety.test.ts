/** The file is never churned, and nothing that it holds can hurt: on the binary. */
import { describe, expect, test } from "bun:test";
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { foldingFor } from "../../src/format/folding.ts";
import { readProtected } from "../../src/format/read.ts";
import { toTree } from "../../src/format/tree.ts";
import { KeyFile } from "../../src/model/key-file.ts";
import { allowedChanges, lineChanges } from "../fuzz/line-changes.ts";
import { Random } from "../fuzz/random.ts";
import { restyle } from "../fuzz/restyle.ts";
import { LONG_DOMAIN, PASSPHRASES, sampleText } from "../fuzz/sample.ts";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { stateOf } from "../support/protected-file.ts";
import { runInTerminal } from "../support/pty.ts";
import { createTeam } from "../support/team.ts";

const NAME = "protected.yaml";
const ALICE = "alice@example.com";
const BOB = "bob@example.com";

function envOf(user: string): Record<string, string> {
	return { PPROTECT_USER: user, PPROTECT_PASSPHRASE: PASSPHRASES.get(user) ?? "" };
}

/** A folder whose protected file has this text. */
function folderWith(text: string | Uint8Array): string {
	const cwd = scratchFolder();
	writeFileSync(join(cwd, NAME), text);
	return cwd;
}

/** A command, the least lines it takes away and adds, and what it needs. */
interface Step {
	readonly args: readonly string[];
	readonly removed: number;
	readonly added: number;
	readonly user?: string;
	readonly input?: string;
	readonly notices?: RegExp;
}

const ADD_VALUE = { input: "value", removed: 0, added: 2 } as const;

/** Every command that writes, in an order in which all have something to do. */
const STEPS: readonly Step[] = [
	{ args: ["add-secret", "prod", "e", "--value-file", "-"], ...ADD_VALUE },
	{ args: ["add-secret", "it's 😀", "first", "--value-file", "-"], ...ADD_VALUE },
	{
		args: ["update-secret", "prod", "z", "--value-file", "-"],
		input: "value",
		removed: 1,
		added: 2,
	},
	{ args: ["rm-secret", "prod", "z"], removed: 1, added: 1 },
	{ args: ["copy-secret", "db-password", "prod", "colon: x"], user: ALICE, removed: 0, added: 2 },
	{ args: ["add-domain", "p"], user: ALICE, removed: 0, added: 6 },
	{ args: ["add-owner", "dev", BOB], user: ALICE, removed: 0, added: 2 },
	{ args: ["rm-owner", "dev", BOB], removed: 1, added: 1 },
	{ args: ["migrate-owner", BOB, "--yes"], user: ALICE, removed: 0, added: 12 },
	{ args: ["rotate-domain-keys", "dev"], user: ALICE, removed: 5, added: 6 },
	{
		args: ["add-key-custodian", "--user", "ci", "--key-type", "raw", "--save-passphrase", "ci.key"],
		removed: 0,
		added: 3,
	},
	{
		args: [
			"rekey-custodian",
			"--user",
			"ci",
			"--passphrase-file",
			"ci.key",
			"--key-type",
			"raw",
			"--save-passphrase",
			"new.key",
		],
		removed: 1,
		added: 2,
	},
	{ args: ["rm-key-custodian", "ci"], removed: 2, added: 1 },
	{ args: ["import", "--domain", "dev", "values.env"], removed: 0, added: 4 },
	{ args: ["rm-domain", "null"], removed: 6, added: 1 },
	{ args: ["truncate-audit-log", "--keep", "10"], removed: 10, added: 1 },
];

describe("each command takes and adds the fewest lines, and leaves all others as they are", () => {
	async function runAll(text: string): Promise<void> {
		const cwd = folderWith(text);
		const path = join(cwd, NAME);
		writeFileSync(join(cwd, "values.env"), "X1=1\nX2=2\n");
		for (const { args, user, input, removed, added } of STEPS) {
			const before = new Uint8Array(readFileSync(path));
			const source = readProtected(before, NAME);
			await pprotect(args, {
				cwd,
				...(input !== undefined && { input }),
				...(user !== undefined && { env: envOf(user) }),
				notices: /^/,
			});
			const after = readFileSync(path, "utf8");
			const changes = lineChanges(
				new TextDecoder("utf-8", { ignoreBOM: true }).decode(before),
				after,
			);
			const { data } = KeyFile.parse(after);
			const allowed = allowedChanges(source.document, toTree(data), foldingFor(source, data));
			const shown = `${args.join(" ")}\n${changes.removed.join("\n")}\n+\n${changes.added.join("\n")}`;
			expect(changes.removed.length, shown).toBeLessThanOrEqual(allowed.removed);
			expect(changes.added.length, shown).toBeLessThanOrEqual(allowed.added);
			expect(changes.removed.length, shown).toBeGreaterThanOrEqual(removed);
			expect(changes.added.length, shown).toBeGreaterThanOrEqual(added);
			expect(after.startsWith("\uFEFF")).toBe(text.startsWith("\uFEFF"));
			expect(after.endsWith("\n")).toBe(text.endsWith("\n"));
		}
	}

	test("in the file's own style", () => runAll(sampleText), 60_000);
	test(
		"with CRLF, a byte-order mark and no final newline",
		() => runAll(`\uFEFF${sampleText.trimEnd().replaceAll("\n", "\r\n")}`),
		60_000,
	);

	const tree = toTree(KeyFile.parse(sampleText).data);
	for (const seed of [3, 5, 8]) {
		test(
			`in the style of somebody else (${seed})`,
			() => runAll(restyle(tree, new Random(seed))),
			60_000,
		);
	}
});

describe("the lines that a person wrote stay", () => {
	const comments = `# Our secrets. Ask ops before you change anything.

'prod': # live
    # rotated every spring
    secret-db-password:   "DB"   # the main one

    meta:
        public-key: 'KEY'
        owners:
            alice@example.com: BOX

# people and machines
key-custodians:
    alice@example.com:
        pwdkm: PWDKM
audit-log:
    - "2026-11-21T17:50:49Z -- created"

# end`;
	const { domains, custodians } = KeyFile.parse(sampleText).data;
	const prod = domains.get("prod");
	const text = comments
		.replace("DB", prod?.secrets.get("db-password") ?? "")
		.replace("KEY", prod?.publicKey ?? "")
		.replace("BOX", prod?.owners.get(ALICE) ?? "")
		.replace("PWDKM", custodians.get(ALICE) ?? "");

	test("byte for byte, around two new ones", async () => {
		const cwd = folderWith(text);
		await pprotect(["add-secret", "prod", "api-key", "--value-file", "-"], { cwd, input: "x" });
		const after = readFileSync(join(cwd, NAME), "utf8");
		const added = after.split("\n").filter((line) => !text.split("\n").includes(line));
		expect(added).toEqual([
			expect.stringMatching(/^ {4}secret-api-key: A[A-Za-z0-9+/=]+$/),
			expect.stringMatching(/^ {4}- \S+Z -- added secret api-key in prod$/),
		]);
		expect(
			after
				.split("\n")
				.filter((line) => !added.includes(line))
				.join("\n"),
		).toBe(text);
		expect(after.indexOf("secret-api-key")).toBeLessThan(after.indexOf("secret-db-password"));
	});
});

describe("where there is nothing to change nothing is written: same inode, same mtime", () => {
	test.each<[string, readonly string[], Record<string, string> | undefined, string, RegExp]>([
		[
			"migrate-owner to one who owns all",
			["migrate-owner", ALICE],
			envOf(ALICE),
			"",
			/owns all that you do\n$/,
		],
		[
			"migrate-owner of one who owns nothing",
			["migrate-owner", ALICE],
			envOf("O'Brien: #1 <ob@example.com>"),
			"",
			/owns all|do not own/,
		],
		["a migration declined", ["migrate-owner", BOB], envOf(ALICE), "n\n", /Aborting\n$/],
		[
			"--confirm declined",
			["rm-secret", "prod", "z", "--confirm"],
			undefined,
			"n\n",
			/Aborting\n$/,
		],
		["a log as short as asked", ["truncate-audit-log", "--keep", "1000"], undefined, "", /^/],
		[
			"an import of what is there",
			["import", "--domain", "dev", "--skip-existing", "dev.env"],
			undefined,
			"",
			/^/,
		],
	])("%s", async (_, args, env, input, notices) => {
		const cwd = folderWith(sampleText);
		writeFileSync(join(cwd, "dev.env"), "e=1\n");
		const before = stateOf(cwd);
		await pprotect(args, { cwd, input, notices, ...(env && { env }) });
		expect(stateOf(cwd)).toEqual(before);
	});

	test("reading, and failing, write nothing either", async () => {
		const cwd = folderWith(sampleText);
		const before = stateOf(cwd);
		const env = envOf(ALICE);
		for (const args of [
			["list-domains"],
			["list-audit-log"],
			["list-all-secrets"],
			["list-user-secrets"],
			["decrypt-domain", "prod"],
			["exec", "--domain", "prod", "--", "true"],
			["check"],
		]) {
			await pprotect(args, { cwd, env, notices: /^/ });
		}
		for (const args of [
			["add-secret", "prod", "z", "--value-file", "-"],
			["rm-secret", "prod", "none"],
			["add-domain", "prod"],
			["rm-owner", "dev", ALICE],
			["rotate-domain-keys", "none"],
		]) {
			await pprotect(args, { cwd, env, exitCode: 1 });
		}
		expect(stateOf(cwd)).toEqual(before);
		expect(readdirSync(cwd)).toEqual([NAME]);
	});
});

describe("a file that is written keeps", () => {
	test.each([0o600, 0o640, 0o664, 0o444 | 0o200])("its mode: %o", async (mode) => {
		const cwd = folderWith(sampleText);
		chmodSync(join(cwd, NAME), mode);
		await pprotect(["rm-secret", "prod", "z"], { cwd });
		expect(Number(stateOf(cwd).mode) & 0o777).toBe(mode);
		expect(readdirSync(cwd)).toEqual([NAME]);
	});

	test("its place behind a symbolic link", async () => {
		const cwd = scratchFolder();
		mkdirSync(join(cwd, "real"));
		mkdirSync(join(cwd, "project"));
		writeFileSync(join(cwd, "real", "file.yaml"), sampleText);
		symlinkSync("../real/file.yaml", join(cwd, "project", "middle"));
		symlinkSync("middle", join(cwd, "project", NAME));
		await pprotect(["rm-secret", "prod", "z"], { cwd: join(cwd, "project") });
		expect(readFileSync(join(cwd, "real", "file.yaml"), "utf8")).toContain(
			"removed secret z from prod",
		);
		expect(
			readdirSync(join(cwd, "project"), { withFileTypes: true }).map((entry) =>
				entry.isSymbolicLink(),
			),
		).toEqual([true, true]);
		expect(readdirSync(join(cwd, "real"))).toEqual(["file.yaml"]);
	});
});

describe("a file that is not right is refused with its line and what to do, and left as it is", () => {
	const lines = sampleText.split("\n");
	const lineOf = (start: string) => lines.findIndex((line) => line.startsWith(start)) + 1;
	const DEV = lineOf("dev:");
	const CUSTODIANS = lineOf("key-custodians:");

	/** The sample with some lines replaced by others; the first is line 1. */
	function edited(line: number, count: number, ...others: readonly string[]): string {
		return lines.toSpliced(line - 1, count, ...others).join("\n");
	}

	const cases: readonly (readonly [
		what: string,
		text: string | Uint8Array,
		line: number,
		problem: string,
	])[] = [
		[
			"a git conflict",
			edited(DEV, 0, "<<<<<<< HEAD", "=======", ">>>>>>> theirs"),
			DEV,
			"Git conflict marker",
		],
		[
			"duplicate keys",
			edited(DEV + 2, 0, lines[DEV] ?? ""),
			DEV + 2,
			'names "secret-db-password" twice',
		],
		["several documents", `${sampleText}---\na: b\n`, lines.length, "more than one YAML document"],
		["an alias", edited(DEV + 1, 1, "  secret-db-password: *x"), DEV + 1, "uses a YAML alias"],
		[
			"a tag",
			edited(DEV + 1, 1, "  secret-db-password: !!binary AA=="),
			DEV + 1,
			"uses a YAML tag",
		],
		[
			"bytes that are no UTF-8",
			Buffer.from(edited(2, 1, "  secret-k: \xff"), "latin1"),
			2,
			"not UTF-8",
		],
		["NUL", edited(2, 1, "  secret-k: \0"), 2, "control character U+0000"],
		["a tab as indent", edited(2, 1, "\tsecret-k: x"), 2, "indented with a tab"],
		[
			"an unknown key",
			edited(2, 0, "  password: hunter2"),
			2,
			'domain "123" has the unknown key "password"',
		],
		["an unknown key at the top", edited(1, 0, "version: 2"), 1, '"version" is not a mapping'],
		["a wrong type", edited(2, 1, "  secret-k: 12"), 2, '"secret-k" is not text'],
		["base64 that is not canonical", edited(2, 1, "  secret-k: AB=="), 2, "is not base64"],
		["a wrong length", edited(2, 1, "  secret-k: AAAA"), 2, "too short to be a sealed box"],
		[
			"an unknown version",
			edited(2, 1, `  secret-k: ${Buffer.alloc(60, 1).toString("base64")}`),
			2,
			"version 1 is not supported",
		],
		[
			"KDF parameters out of bounds",
			edited(
				CUSTODIANS + 2,
				1,
				`    pwdkm: ${Buffer.from([3, 30, 8, 1, ...Buffer.alloc(48)]).toString("base64")}`,
			),
			CUSTODIANS + 2,
			'custodian "O\'Brien: #1 <ob@example.com>"',
		],
		[
			"a domain without owners",
			edited(
				DEV,
				0,
				"d:",
				"  meta:",
				`    public-key: ${KeyFile.parse(sampleText).data.domains.get("dev")?.publicKey}`,
				"    owners: {}",
			),
			DEV + 1,
			'domain "d" has no owners',
		],
		[
			"an owner who is no custodian",
			sampleText.replace("      alice@example.com:", "      eve:"),
			7,
			'owner "eve" of domain "123" is not a key custodian',
		],
		[
			"nesting deeper than the format",
			edited(
				2,
				0,
				"  x:",
				"    y:",
				"      z:",
				"        a:",
				"          b:",
				"            c:",
				"              d: e",
			),
			2,
			"",
		],
		["nesting without end", `key-custodians: ${"[".repeat(1_000_000)}`, 1, "in braces or brackets"],
		["a file over 64 MiB", new Uint8Array(64 * 1024 * 1024 + 1), 1, "larger than 64 MiB"],
		["an empty file", "", 1, "is empty"],
	];

	test.each(cases)("%s", async (_, text, line, problem) => {
		const cwd = folderWith(text);
		const before = stateOf(cwd);
		for (const args of [
			["list-domains"],
			["rm-secret", "prod", "z"],
			["exec", "--domain", "prod", "--", "true"],
		]) {
			const { stderr } = await pprotect(args, { cwd, env: envOf(ALICE), exitCode: 1 });
			expect(stderr).toMatch(
				/^pprotect: error: protected\.yaml:\d+: [^\n]+\npprotect: hint: [^\n]+\n$/,
			);
			if (problem !== "") expect(stderr).toStartWith(`pprotect: error: protected.yaml:${line}: `);
			expect(stderr).toInclude(problem);
			expect(stderr).not.toContain("hunter2");
		}
		expect(stateOf(cwd)).toEqual(before);
		expect(readdirSync(cwd)).toEqual([NAME]);
	});

	test("not so a byte-order mark and CRLF", async () => {
		const cwd = folderWith(`\uFEFF${sampleText.replaceAll("\n", "\r\n")}`);
		const { stdout } = await pprotect(["list-domain-secrets", "dev"], { cwd });
		expect(stdout).toBe("db-password\ne\n");
	});
});

describe("control characters of a name", () => {
	const evil = "\x1b]0;owned\x07\x1b[2J\u009b31m\u202egpj.exe\r\nforged: line";
	const text = sampleText
		.replace("\ndev:\n", () => `\n${JSON.stringify(evil)}:\n`)
		.replace(
			"-- created\n",
			() => `-- created\n- ${JSON.stringify(`2026-11-21T18:00:01Z -- ${evil}`)}\n`,
		);

	test.each([["list-domains"], ["list-audit-log"], ["list-all-secrets"], ["list-user-secrets"]])(
		"are shown on a terminal, not obeyed: %s",
		async (command) => {
			const cwd = folderWith(text);
			const { output } = await runInTerminal([PPROTECT, command], { cwd, env: envOf(ALICE) });
			expect(output).toContain(
				"\\u{1b}]0;owned\\u{7}\\u{1b}[2J\\u{9b}31m\\u{202e}gpj.exe\\u{d}\\u{a}forged",
			);
			expect(output.replaceAll("\r\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
		},
	);

	test("reach a program as they are", async () => {
		const { stdout } = await pprotect(["list-domains"], { cwd: folderWith(text) });
		expect(stdout).toContain(evil);
	});

	test("are shown by --confirm, questions and errors too", async () => {
		const cwd = folderWith(text.replace(JSON.stringify(evil), () => `"\u009b31mx"`));
		const { stderr } = await pprotect(["rm-secret", "\u009b31mx", "e", "--confirm"], {
			cwd,
			input: "n\n",
			notices: /Aborting/,
		});
		expect(stderr).toContain("\\u{9b}31mx");
		const migration = await pprotect(["migrate-owner", BOB], {
			cwd,
			env: envOf(ALICE),
			input: "n\n",
			notices: /Aborting/,
		});
		expect(migration.stderr).toContain("\\u{9b}31mx");
		const error = await pprotect(["list-domain-secrets", "none"], { cwd, exitCode: 1 });
		expect(error.stderr).toContain("\\u{9b}31mx");
		for (const shown of [stderr, migration.stderr, error.stderr]) {
			expect(shown.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
		}
	});
});

describe("a secret that does not open names itself and its domain, and nothing is done", () => {
	const boxes = KeyFile.parse(sampleText).data.domains;
	const old = boxes.get("prod")?.secrets.get("z") ?? "";
	const bytes = Buffer.from(old, "base64");

	test.each<[string, string]>([
		["sealed to another key", boxes.get("dev")?.secrets.get("e") ?? ""],
		["truncated", bytes.subarray(0, 49).toString("base64")],
		["tampered with", Buffer.from(bytes.with(-1, (bytes.at(-1) ?? 0) ^ 1)).toString("base64")],
	])("%s", async (_, box) => {
		const cwd = folderWith(sampleText.replace(old, box));
		const before = stateOf(cwd);
		const env = envOf(ALICE);
		for (const args of [
			["decrypt-domain", "prod"],
			["decrypt-domain", "prod", "--output-format", "env"],
			["decrypt-domain", "prod", "--secret", "z"],
			["exec", "--domain", "prod", "--", "touch", "done"],
			["rotate-domain-keys", "prod"],
		]) {
			const { stdout, stderr } = await pprotect(args, { cwd, env, exitCode: 1 });
			expect(stdout).toBe("");
			expect(stderr).toInclude("secret z of domain prod does not open");
			expect(stderr).toMatch(/^pprotect: hint: .*restore it from version control/m);
		}
		expect(existsSync(join(cwd, "done"))).toBe(false);
		expect(stateOf(cwd)).toEqual(before);
		const { stdout } = await pprotect(["decrypt-domain", "prod", "--secret", "Upper"], {
			cwd,
			env,
		});
		expect(stdout).toBe("x\n");
	});

	test("an owner's entry that does not open names the domain and the owner", async () => {
		const owners = boxes.get("prod")?.owners;
		const text = sampleText.replace(owners?.get(ALICE) ?? "", owners?.get(BOB) ?? "");
		const cwd = folderWith(text);
		const { stderr } = await pprotect(["decrypt-domain", "prod"], {
			cwd,
			env: envOf(ALICE),
			exitCode: 1,
		});
		expect(stderr).toInclude(
			"the key of domain prod does not open for its owner alice@example.com",
		);
	});
});

test("a file as large as a team's may get is read and written", async () => {
	const { cwd } = await createTeam();
	const path = join(cwd, NAME);
	const text = readFileSync(path, "utf8");
	const box = Buffer.concat([Buffer.of(0), Buffer.alloc(100, 7)]).toString("base64");
	const secrets = Array.from({ length: 10_000 }, (_, index) => `  secret-s${index}: ${box}\n`);
	const entry = "- 2026-11-21T17:50:49Z -- added secret some-secret in prod\n";
	const large = text.replace("prod:\n", `prod:\n${secrets.join("")}`) + entry.repeat(100_000);
	writeFileSync(path, large);
	await pprotect(["add-secret", "prod", "new", "--value-file", "-"], { cwd, input: "x" });
	const after = readFileSync(path, "utf8");
	expect(after.length - large.length).toBeLessThan(300);
	expect(after).toEndWith("-- added secret new in prod\n");
}, 60_000);

test("the name of a domain that takes a question mark is one like others", async () => {
	const cwd = folderWith(sampleText);
	const env = envOf(ALICE);
	await pprotect(["add-secret", LONG_DOMAIN, "a", "--value-file", "-"], { cwd, input: "first" });
	await pprotect(["rm-secret", LONG_DOMAIN, "one"], { cwd });
	const { stdout } = await pprotect(["decrypt-domain", LONG_DOMAIN], { cwd, env });
	expect(JSON.parse(stdout)).toEqual({ a: "first", two: "2", three: "3" });
});
