/** A person at a terminal is told what a command did; a script that it succeeded, by its exit code. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../../src/commands/registry.ts";
import { PPROTECT, pprotect, scratchFolder, withoutKeyNotices } from "../support/pprotect.ts";
import { runInTerminal } from "../support/pty.ts";
import { createTeam } from "../support/team.ts";

setDefaultTimeout(60_000);

interface Case {
	readonly args: readonly string[];
	/** The line that a person reads. */
	readonly says: RegExp;
	/** The next step, where there is one. */
	readonly next?: RegExp;
	/** Commands that come before. */
	readonly before?: readonly (readonly string[])[];
	/** Whether the result of the command, on standard output, says it already. */
	readonly isReport?: boolean;
	/** Whether the command works in a folder without a protected file. */
	readonly isNew?: boolean;
}

const BOB = "bob@example.com";
const RAW = ["--key-type", "raw", "--save-passphrase", "new.key"];
const VALUE = ["--value-file", "value"];
const ADD = ["add-secret", "prod", "token", ...VALUE];
const SHARE = ["add-owner", "prod", BOB];

const WRITES: Readonly<Record<string, Case>> = {
	init: {
		args: ["init", "-u", "x@example.com", ...RAW, "-d", "dev"],
		says: /Created protected\.yaml, with dev\. x@example\.com is its first key custodian\./,
		next: /pprotect add-secret dev NAME/,
		isNew: true,
	},
	"add-key-custodian": {
		args: ["add-key-custodian", "-u", "ci", ...RAW],
		says: /Added ci/,
		next: /pprotect add-owner DOMAIN ci/,
	},
	"set-key-custodian-passphrase": {
		args: [
			...["set-key-custodian-passphrase", "-u", "alice@example.com", "--passphrase-file"],
			...["alice@example.com.key", "--new-passphrase-file", "value", "--key-type", "fast"],
			...["--kdf", "scrypt"],
		],
		says: /Changed the passphrase of alice@example\.com\./,
	},
	"rekey-custodian": {
		args: [
			...["rekey-custodian", "-u", "alice@example.com", "--passphrase-file"],
			...["alice@example.com.key", ...RAW],
		],
		says: /Gave alice@example\.com a new key\./,
	},
	"rm-key-custodian": { args: ["rm-key-custodian", BOB], says: /Removed bob@example\.com\./ },
	offboard: {
		args: ["offboard", BOB],
		says: /bob@example\.com was removed from the key custodians/,
		isReport: true,
	},
	"add-domain": {
		args: ["add-domain", "staging"],
		says: /Added staging, owned by alice@example\.com\./,
		next: /pprotect add-secret staging NAME/,
	},
	"rm-domain": {
		args: ["rm-domain", "prod", "-y"],
		before: [ADD],
		says: /Removed prod with 1 secret\./,
	},
	"add-owner": { args: SHARE, says: /bob@example\.com can read prod now\./ },
	"rm-owner": {
		args: ["rm-owner", "prod", BOB],
		before: [SHARE],
		says: /bob@example\.com is no longer an owner of prod\. .* can still read prod until you run: pprotect rotate-domain-keys prod/,
	},
	"migrate-owner": { args: ["migrate-owner", BOB, "-y"], says: /can read dev, prod now\./ },
	"rotate-domain-keys": {
		args: ["rotate-domain-keys", "prod"],
		says: /Sealed 0 values of prod to a new key\./,
		next: /pprotect list-exposed/,
	},
	"add-secret": { args: ADD, says: /Added token to prod\./ },
	"update-secret": {
		args: ["update-secret", "prod", "token", ...VALUE],
		before: [ADD],
		says: /Changed token in prod\./,
	},
	set: { args: ["set", "prod", "token", ...VALUE], says: /Set token in prod\./ },
	"rename-secret": {
		args: ["rename-secret", "prod", "token", "TOKEN"],
		before: [ADD],
		says: /token of prod is called TOKEN now\./,
	},
	"rm-secret": {
		args: ["rm-secret", "prod", "token"],
		before: [ADD],
		says: /Removed token from prod\./,
	},
	"copy-secret": {
		args: ["copy-secret", "token", "prod", "dev"],
		before: [ADD],
		says: /Copied token from prod to dev\./,
	},
	import: {
		args: ["import", "prod", ".env"],
		says: /prod: 1 added/,
		next: /pprotect exec --domain prod -- COMMAND/,
		isReport: true,
	},
	edit: { args: ["edit", "prod"], before: [ADD], says: /prod: 1 updated/, isReport: true },
	"truncate-audit-log": {
		args: ["truncate-audit-log", "--keep", "1"],
		says: /Kept the newest 1 entries of the audit log\./,
	},
	"git-setup": { args: ["git-setup"], says: /wrote .*\.gitattributes/, isReport: true },
	"seal-page": {
		args: ["seal-page", "prod"],
		says: /Wrote pprotect-seal\.html\./,
		next: /pprotect status prod/,
	},
};

/** They write no protected file, or one that Git hands them; tests of merges try resolve. */
const OTHERS = new Set(
	"ask-keychain check completion decrypt-domain diff exec forget get help list-all-secrets list-audit-log list-domain-secrets list-domains list-exposed list-user-secrets merge-driver remember resolve status textconv version".split(
		" ",
	),
);

async function prepared({ isNew, before = [] }: Case) {
	const team = await createTeam();
	const cwd = isNew ? scratchFolder() : team.cwd;
	Bun.spawnSync(["git", "init", "--quiet"], { cwd });
	writeFileSync(join(cwd, "value"), "correct horse battery staple", { mode: 0o600 });
	writeFileSync(join(cwd, ".env"), "NAME=value\n");
	writeFileSync(join(cwd, ".gitignore"), "new.key\n");
	const editor = join(cwd, "editor");
	writeFileSync(editor, '#!/bin/sh\nsed -i "s/correct/wrong/" "$1"\n');
	chmodSync(editor, 0o755);
	const env = { ...team.alice.env, EDITOR: editor };
	for (const args of before) await pprotect(args, { cwd, env });
	return { cwd, env: { PATH: process.env.PATH ?? "", HOME: cwd, TERM: "xterm", ...env } };
}

/** What was shown, without colours, and with broken lines joined again. */
function plain(output: string): string {
	return Bun.stripANSI(output).replaceAll(/\s+/g, " ");
}

describe("a command that writes", () => {
	test("is in the list below, or known to be no such command", () => {
		const known = [...Object.keys(WRITES), ...OTHERS];
		const missing = COMMANDS.map(({ name }) => name).filter((name) => !known.includes(name));
		expect(missing).toEqual([]);
	});

	test.each(Object.entries(WRITES))("%s says what it did, and what comes next", async (_, one) => {
		const { cwd, env } = await prepared(one);
		const shown = await runInTerminal([PPROTECT, ...one.args], { cwd, env });
		expect(shown.exitCode, shown.output).toBe(0);
		expect(plain(shown.output)).toMatch(one.says);
		const [, next = ""] = /Next: (.*)/.exec(plain(shown.output)) ?? [];
		expect(next).toMatch(one.next ?? /^$/);
	});

	test.each(Object.entries(WRITES))("%s says no more with -q", async (_, one) => {
		const { cwd, env } = await prepared(one);
		const shown = await runInTerminal([PPROTECT, "-q", ...one.args], { cwd, env });
		expect(shown.exitCode, shown.output).toBe(0);
		expect(shown.output).not.toContain("Next:");
		if (!one.isReport) expect(plain(shown.output)).not.toMatch(one.says);
	});

	test.each(Object.entries(WRITES))("%s is silent where no person reads", async (name, one) => {
		const { cwd, env } = await prepared(one);
		const run = { cwd, env, notices: NOTICES[name] ?? /^$/ };
		const { stdout, stderr } = await pprotect(one.args, run);
		expect(stdout + stderr).not.toContain("Next:");
		if (!one.isReport) expect(withoutKeyNotices(stderr)).not.toMatch(one.says);
	});
});

/** Warnings that a script gets, too. */
const NOTICES: Readonly<Record<string, RegExp>> = {
	"set-key-custodian-passphrase": /^pprotect: warning: the Python tool cannot read .*\n$/,
	"truncate-audit-log": /^pprotect: warning: the audit log no longer tells .*\n$/,
};

describe("rm-domain", () => {
	const [removal, ask] = [["rm-domain", "prod"], /The last commit does not have 1 secret of prod/];
	const start = () => prepared({ args: removal, says: ask, before: [ADD] });
	const git = (cwd: string, ...args: string[]) => {
		const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
		expect(Bun.spawnSync(["git", ...identity, ...args], { cwd }).exitCode).toBe(0);
	};
	const domainsIn = async (cwd: string) => (await pprotect(["list-domains"], { cwd })).stdout;

	test("asks before it removes secrets that Git has no copy of", async () => {
		const { cwd, env } = await start();
		const no = { expect: "Remove? [y/N] ", send: "n\r" };
		const refused = await runInTerminal([PPROTECT, ...removal], { cwd, env, steps: [no] });
		expect(plain(refused.output)).toMatch(ask);
		expect(await domainsIn(cwd)).toBe("dev\nprod\n");
		git(cwd, "add", "protected.yaml");
		const yes = { expect: "Remove? [y/N] ", send: "y\r" };
		await runInTerminal([PPROTECT, ...removal], { cwd, env, steps: [yes] });
		expect(await domainsIn(cwd)).toBe("dev\n");
	});

	test("says that the last commit still has them", async () => {
		const { cwd, env } = await start();
		git(cwd, "add", "protected.yaml");
		git(cwd, "commit", "--quiet", "-m", "secrets");
		const { output } = await runInTerminal([PPROTECT, ...removal], { cwd, env });
		expect(plain(output)).toMatch(/Removed prod with 1 secret\. The last commit still has it\./);
	});

	test("asks no script", async () => {
		const { cwd } = await start();
		await pprotect(removal, { cwd });
		expect(await domainsIn(cwd)).toBe("dev\n");
	});
});
