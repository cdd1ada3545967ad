/** `edit`, on the binary: what it writes, and what it leaves. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { editedIn, editorScript, shownIn } from "../support/editors.ts";
import { lackOfMounts, testUnless } from "../support/fault.ts";
import { asks, PPROTECT, pprotect, type RunOptions } from "../support/pprotect.ts";
import { auditTexts, readPlain, stateOf } from "../support/protected-file.ts";
import { runInTerminal, type Step, wordsOf } from "../support/pty.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

const VALUES = {
	certificate: "-----BEGIN-----\nx=\n-----END-----\n",
	"db-password": "hunter2",
	tricky: " 'a' \"b\" #c \n\n  $d\t\r\n",
};

/** prod has VALUES. */
async function prepared(): Promise<Team> {
	const team = await createTeam();
	await pprotect(["import", "prod", "-"], { cwd: team.cwd, input: JSON.stringify(VALUES) });
	return team;
}

/** Edits prod with a script for an editor. */
function edit(
	{ cwd, alice }: Team,
	body: string,
	args: readonly string[] = [],
	options: Partial<RunOptions> = {},
) {
	const env = { ...alice.env, EDITOR: editorScript(cwd, body), PPROTECT, ...options.env };
	return pprotect(["edit", "prod", ...args], { cwd, ...options, env });
}

async function decrypted({ cwd, alice }: Team): Promise<unknown> {
	return JSON.parse((await pprotect(["decrypt-domain", "prod"], { cwd, env: alice.env })).stdout);
}

/** The lines of the domain, by their names. */
function boxes({ cwd }: Team): ReadonlyMap<string, unknown> {
	return new Map(readPlain(cwd).domains.get("prod"));
}

const NOT_CHANGED = asks("(Nothing was changed in prod)");

describe("what the editor gets", () => {
	test("is a file for this user alone, in memory, without credentials and core dumps", async () => {
		const team = await prepared();
		const look = 'stat -c "%a %n" "$(dirname "$1")" "$1"; stat -f -c %T "$1"; ulimit -c; env';
		const { stdout } = await edit(team, look, [], { notices: NOT_CHANGED });
		const folder = editedIn(team.cwd);
		expect(folder).toMatch(/^\/dev\/shm\/pprotect-[0-9a-f]{16}$/);
		expect(stdout).toStartWith(`700 ${folder}\n600 ${folder}/secrets.yaml\ntmpfs\n0\n`);
		expect(stdout).not.toMatch(/^PPROTECT_(USER|PASSPHRASE)=/m);
		expect(stdout).toContain(`TMPDIR=${folder}\n`);
		expect(existsSync(folder)).toBe(false);
	});

	test("shows names and values, several lines as such", async () => {
		const team = await prepared();
		await edit(team, "true", [], { notices: NOT_CHANGED });
		const shown = shownIn(team.cwd, 1) ?? "";
		expect(shown).toContain('# The secrets of domain "prod" in "protected.yaml"');
		const entries = shown.replace(/^(#.*)?\n/gm, "");
		expect(entries).toStartWith(
			"certificate: |\n  -----BEGIN-----\n  x=\n  -----END-----\ndb-password: hunter2\ntricky: ",
		);
	});

	test("is what VISUAL names, arguments and quotes included, before EDITOR", async () => {
		const team = await prepared();
		mkdirSync(join(team.cwd, "a b"));
		const script = join(team.cwd, "a b/ed");
		writeFileSync(script, '#!/bin/sh\nfor word; do echo "<$word>"; done\n', { mode: 0o755 });
		const lines: readonly [string, string][] = [
			[`'${script}' -x "y z" \\"`, '<-x>\n<y z>\n<">\n'],
			['"$HOME/a b/ed" $((1 + 1))', "<2>\n"],
		];
		for (const [VISUAL, words] of lines) {
			const env = { VISUAL, EDITOR: "false" };
			const { stdout } = await edit(team, "", [], { env, notices: NOT_CHANGED });
			expect(stdout).toStartWith(words);
			expect(stdout.slice(words.length)).toMatch(/^<\/dev\/shm\/pprotect-\w+\/secrets.yaml>\n$/);
		}
	});
});

describe("what is written", () => {
	test("is nothing where nothing was changed", async () => {
		const team = await prepared();
		const before = stateOf(team.cwd);
		await edit(team, 'touch "$1"; echo "# a comment" >> "$1"', [], { notices: NOT_CHANGED });
		expect(stateOf(team.cwd)).toEqual(before);
	});

	test("is what changed, with its entry in the log; other lines stay", async () => {
		const team = await prepared();
		const before = boxes(team);
		const logged = auditTexts(team.cwd).length;
		const { stdout } = await edit(
			team,
			`sed -i 's/hunter2/5432/' "$1"; printf 'new: |\\n  a\\n  b\\nempty: ""\\n' >> "$1"`,
		);
		expect(stdout).toBe("updated db-password\nadded new\nadded empty\nprod: 2 added, 1 updated\n");
		const added = { "db-password": "5432", new: "a\nb\n", empty: "" };
		expect(await decrypted(team)).toEqual({ ...VALUES, ...added });
		expect(auditTexts(team.cwd).slice(logged)).toEqual([
			"updated secret db-password in prod",
			"added secret new in prod",
			"added secret empty in prod",
		]);
		for (const name of ["secret-certificate", "secret-tricky", "meta"]) {
			expect(boxes(team).get(name)).toEqual(before.get(name));
		}
	});

	test("can be a domain's first secrets, and its last", async () => {
		const team = await createTeam();
		await edit(team, `printf 'a: 1\\n' >> "$1"`);
		expect(await decrypted(team)).toEqual({ a: "1" });
		const notices = /^No longer in the text: a\n$/;
		await edit(team, `echo > "$1"`, ["--yes"], { notices });
		expect(await decrypted(team)).toEqual({});
	});

	test("can be looked at first", async () => {
		const team = await prepared();
		const before = stateOf(team.cwd);
		const body = `sed -i 's/hunter2/hunter3/' "$1"`;
		const { stdout } = await edit(team, body, ["--confirm"], {
			input: "n\n",
			notices: /^- {2}secret-db-password: .*\n\+ {2}secret-db-password: .*Aborting\n$/ms,
		});
		expect(stdout).toBe("");
		expect(stateOf(team.cwd)).toEqual(before);
		expect(existsSync(editedIn(team.cwd))).toBe(false);
	});
});

describe("names that are gone from the text", () => {
	const RENAME = `sed -i 's/^db-password:/db-key:/' "$1"`;
	const asked = [
		"No longer in the text: db-password",
		"Remove from the domain? [y/N, or e to edit again] ",
	];

	test("are removed when that is confirmed: a new name is a removal and an addition", async () => {
		const team = await prepared();
		const { stdout } = await edit(team, RENAME, [], { input: "y\n", notices: asks(...asked) });
		expect(stdout).toBe("added db-key\nremoved db-password\nprod: 1 added, 1 removed\n");
		const { "db-password": value, ...others } = VALUES;
		expect(await decrypted(team)).toEqual({ ...others, "db-key": value });
		expect(auditTexts(team.cwd).slice(-2)).toEqual([
			"removed secret db-password from prod",
			"added secret db-key in prod",
		]);
	});

	test("stay when it is not, and nothing else is written either", async () => {
		const team = await prepared();
		const before = stateOf(team.cwd);
		await edit(team, RENAME, [], { input: "\n", notices: asks(...asked, "Aborting") });
		expect(stateOf(team.cwd)).toEqual(before);
		await edit(team, RENAME, [], { exitCode: 1 });
		expect(stateOf(team.cwd)).toEqual(before);
	});

	test("come back into the text when it is to be edited again", async () => {
		const team = await prepared();
		const body = `[ $round = 1 ] && ${RENAME}; true`;
		await edit(team, body, [], { input: "e\n", notices: asks(...asked) });
		expect(shownIn(team.cwd, 2)).toMatch(/^db-key: hunter2\n[\s\S]*^db-password: hunter2\n$/m);
		expect(await decrypted(team)).toEqual({ ...VALUES, "db-key": "hunter2" });
	});
});

describe("a text that cannot be taken", () => {
	test("is shown again with the line marked, and nothing typed is lost", async () => {
		const team = await prepared();
		const first = `printf 'typed: text\\n1x: y\\nb: [\\n' >> "$1"`;
		const rounds = [
			first,
			`sed -i 's/^b: .$/b: c/' "$1"`,
			`sed -i 's/^1x:/x1:/; s/^b: c$/typed: twice/' "$1"`,
			`sed -i 's/^typed: twice$/b: d #e/' "$1"`,
			`sed -i 's/ #e$//' "$1"`,
		];
		const cases = rounds.map((round, index) => `${index + 1}) ${round};;`).join("\n");
		await edit(team, `case $round in\n${cases}\nesac`);
		const marks = [2, 3, 4, 5].map((round) => shownIn(team.cwd, round)?.match(/^#!! .*\n.*/gm));
		const top = "#!! nothing was written yet; lines like this one tell of the line below them\n";
		expect(marks.map((lines) => lines?.[0]?.startsWith(top))).toEqual([true, true, true, true]);
		expect(marks.map((lines) => lines?.slice(1))).toEqual([
			["#!! is not valid YAML (a colon, quote or bracket is missing)\nb: ["],
			['#!! "1x" is not a valid secret name\n1x: y'],
			[expect.stringMatching(/^#!! typed is on line \d+ already\ntyped: twice$/)],
			[expect.stringMatching(/^#!! "b" has a # behind it .*\nb: d #e$/)],
		]);
		expect(shownIn(team.cwd, 2)).toContain("typed: text\n1x: y\n");
		expect(await decrypted(team)).toEqual({ ...VALUES, typed: "text", x1: "y", b: "d" });
	});

	test("may be in another encoding, and still is not lost", async () => {
		const team = await prepared();
		const body = `case $round in 1) printf 'a: \\351\\n' >> "$1";; 2) iconv -f latin1 -t utf8 "$1" > t; cp t "$1";; esac`;
		await edit(team, body);
		expect(shownIn(team.cwd, 2)).toContain("#!! this is not UTF-8");
		expect(await decrypted(team)).toEqual({ ...VALUES, a: "é" });
	});

	test.each([
		["always the same", `printf '1x: hunter2\\n' > "$1"`],
		["never right", `printf '1x: hunter2\\n' >> "$1"`],
	])("from an editor at which nobody sits ends some time: %s", async (_, body) => {
		const team = await prepared();
		const before = stateOf(team.cwd);
		const { stderr } = await edit(team, body, ["--yes"], { exitCode: 1 });
		expect(stderr).toContain("nothing was written, as the text cannot be read:\n  line ");
		expect(stderr).not.toContain("hunter2");
		expect(stateOf(team.cwd)).toEqual(before);
		expect(existsSync(editedIn(team.cwd))).toBe(false);
	});
});

describe("an editor that does not end well writes nothing", () => {
	test.each([
		["with an exit code", "exit 3", "the editor ended with exit code 3; nothing was written"],
		["by crashing", "kill -SEGV $$", "the editor ended by SIGSEGV; nothing was written"],
		["without the file", 'rm "$1"', "cannot read what the editor left; nothing was written"],
	])("%s", async (_, body, words) => {
		const team = await prepared();
		const before = stateOf(team.cwd);
		const { stderr } = await edit(team, `echo 'a: b' >> "$1"; ${body}`, [], { exitCode: 1 });
		expect(stderr).toContain(words);
		expect(stateOf(team.cwd)).toEqual(before);
		expect(existsSync(editedIn(team.cwd))).toBe(false);
	});

	test("because there is none", async () => {
		const team = await prepared();
		const env = { EDITOR: "/no/such/editor" };
		const { stderr } = await edit(team, "", [], { env, exitCode: 1 });
		expect(stderr).toContain('cannot run the editor "/no/such/editor"');
		const nothing = { EDITOR: "", PATH: "/no/such/folder" };
		const { stderr: words } = await edit(team, "", [], { env: nothing, exitCode: 1 });
		expect(words).toContain("there is no editor");
	});
});

describe("is for owners", () => {
	test.each([
		{ args: ["prod"], words: "bob@example.com is not an owner of prod" },
		{ args: ["nope"], words: 'no domain named "nope"' },
		{ args: [], words: "no domain is given" },
		{ args: ["prod", "--domain", "prod"], words: "both name the domain", exitCode: 2 },
	])("$args", async ({ args, words, exitCode = 1 }) => {
		const { cwd, bob } = await prepared();
		const env = { ...bob.env, EDITOR: editorScript(cwd, "true") };
		const { stderr } = await pprotect(["edit", ...args], { cwd, env, exitCode });
		expect(stderr).toContain(words);
		expect(existsSync(join(cwd, "edited-in"))).toBe(false);
	});
});

describe("a file that changes meanwhile", () => {
	const OURS = `sed -i 's/hunter2/ours/' "$1"`;
	/** Another run of pprotect, while the editor is open in the first round. */
	const theirs = (command: string) => `[ $round = 1 ] && (${command}) && ${OURS}; true`;
	const CHANGE = "printf theirs | $PPROTECT update-secret prod db-password --value-file -";

	test("gets the changes on top, where they concern other secrets", async () => {
		const team = await prepared();
		const command =
			"printf x | $PPROTECT add-secret prod theirs --value-file - && $PPROTECT rm-secret prod tricky";
		await edit(team, theirs(command));
		const { tricky: _, ...others } = VALUES;
		expect(await decrypted(team)).toEqual({ ...others, "db-password": "ours", theirs: "x" });
	});

	test("is no conflict where its key was rotated, or where both did the same", async () => {
		const team = await prepared();
		const { user, passphrase } = team.alice;
		const as = `PPROTECT_USER=${user} PPROTECT_PASSPHRASE=${passphrase}`;
		await edit(team, theirs(`${as} $PPROTECT rotate-domain-keys prod`));
		expect(await decrypted(team)).toEqual({ ...VALUES, "db-password": "ours" });
		await edit(
			team,
			`printf same | $PPROTECT update-secret prod db-password --value-file -; sed -i 's/ours/same/' "$1"`,
		);
		expect(await decrypted(team)).toEqual({ ...VALUES, "db-password": "same" });
		const updates = auditTexts(team.cwd).filter((text) => text.includes("db-password"));
		expect(updates).toHaveLength(3);
	});

	test("is a conflict where both changed one secret, and then nothing is written", async () => {
		const team = await prepared();
		const { stderr } = await edit(team, theirs(CHANGE), [], { exitCode: 1 });
		expect(stderr).toContain(
			"somebody else has changed db-password in protected.yaml meanwhile; nothing was written",
		);
		expect(await decrypted(team)).toEqual({ ...VALUES, "db-password": "theirs" });
	});

	test("is a conflict where one changed what the other removed", async () => {
		const team = await prepared();
		const body = `${CHANGE}; sed -i '/^db-password/d' "$1"`;
		const { stderr } = await edit(team, body, ["--yes"], { exitCode: 1 });
		expect(stderr).toContain("somebody else has changed db-password");
		const command = "$PPROTECT rm-secret prod db-password";
		const removed = `${command}; sed -i 's/theirs/ours/' "$1"`;
		const { stderr: words } = await edit(team, removed, [], { exitCode: 1 });
		expect(words).toContain("somebody else has changed db-password");
	});

	test("can be edited again at a terminal, on top of what is there", async () => {
		const team = await prepared();
		const { cwd, alice } = team;
		const added = "printf x | $PPROTECT add-secret prod theirs --value-file -";
		const body = `${theirs(`${CHANGE} && ${added}`)}; [ $round = 1 ] && echo "mine: 1" >> "$1"; true`;
		const env = { ...process.env, ...alice.env, EDITOR: editorScript(cwd, body), PPROTECT };
		const { output, exitCode } = await runInTerminal([PPROTECT, "edit", "prod"], {
			cwd,
			env,
			steps: [{ expect: "Edit again? [y/N] ", send: "y\r" }],
		});
		expect(exitCode).toBe(0);
		expect(output).toContain("somebody else has changed db-password in protected.yaml meanwhile");
		expect(shownIn(cwd, 2)).toContain(
			"#!! db-password: somebody else has given it another value meanwhile; what is here would take its place\ndb-password: ours\nmine: '1'\ntheirs: x\n",
		);
		expect(await decrypted(team)).toEqual({
			...VALUES,
			"db-password": "ours",
			mine: "1",
			theirs: "x",
		});
	});
});

describe("every way out takes the text away", () => {
	const WAIT = 'echo "typed: hunter3" >> "$1"; echo ready; exec sleep 60';

	test.each([
		["SIGTERM", 143, "ended by SIGTERM"],
		["SIGHUP", 129, "ended by SIGHUP"],
		["SIGINT", 130, "interrupted"],
		["SIGQUIT", 131, "ended by SIGQUIT"],
	] as const)("%s", async (signal, exitCode, words) => {
		const { cwd, alice } = await prepared();
		const before = stateOf(cwd);
		const child = Bun.spawn([PPROTECT, "edit", "prod"], {
			cwd,
			env: { ...process.env, ...alice.env, EDITOR: editorScript(cwd, WAIT) },
			stdin: "ignore",
			stdout: "pipe",
			stderr: "pipe",
		});
		for await (const chunk of child.stdout) if (chunk.length > 0) child.kill(signal);
		expect(await child.exited).toBe(exitCode);
		expect(await child.stderr.text()).toBe(`pprotect: error: ${words}\n`);
		expect(existsSync(editedIn(cwd))).toBe(false);
		expect(stateOf(cwd)).toEqual(before);
	});

	/** At a terminal, where the editor's script runs until it is ended. */
	async function atTerminal(step: Step) {
		const { cwd, alice } = await prepared();
		const before = stateOf(cwd);
		const env = { ...process.env, ...alice.env, EDITOR: editorScript(cwd, WAIT) };
		const result = await runInTerminal([PPROTECT, "edit", "prod"], { cwd, env, steps: [step] });
		expect(existsSync(editedIn(cwd))).toBe(false);
		expect(stateOf(cwd)).toEqual(before);
		return result;
	}

	test("Ctrl-C at the terminal", async () => {
		expect((await atTerminal({ expect: "ready", send: "\x03" })).exitCode).toBe(130);
	});

	test("Ctrl-C that the editor takes for itself", async () => {
		const team = await prepared();
		const { cwd, alice } = team;
		const body = `trap got=1 INT; echo ready; until test $got; do sleep 0.05; done; sed -i 's/hunter2/hunter3/' "$1"; exit 0`;
		const env = { ...process.env, ...alice.env, EDITOR: editorScript(cwd, body) };
		const steps = [{ expect: "ready", send: "\x03" }];
		const { exitCode } = await runInTerminal([PPROTECT, "edit", "prod"], { cwd, env, steps });
		expect(exitCode).toBe(0);
		expect(await decrypted(team)).toEqual({ ...VALUES, "db-password": "hunter3" });
	});

	test("the terminal is closed", async () => {
		const { cwd, alice } = await prepared();
		const ready = Promise.withResolvers<void>();
		const child = Bun.spawn([PPROTECT, "edit", "prod"], {
			cwd,
			env: { ...process.env, ...alice.env, EDITOR: editorScript(cwd, WAIT) },
			terminal: {
				data: (_, bytes) => {
					if (Buffer.from(bytes).includes("ready")) ready.resolve();
				},
			},
		});
		await ready.promise;
		child.terminal?.close();
		expect(await child.exited).toBe(129);
		expect(existsSync(editedIn(cwd))).toBe(false);
	});

	test("an editor that does not heed the signal is ended all the same", async () => {
		const { cwd, alice } = await prepared();
		const body = "trap '' TERM; echo ready; while :; do sleep 0.1; done";
		const child = Bun.spawn([PPROTECT, "edit", "prod"], {
			cwd,
			env: { ...process.env, ...alice.env, EDITOR: editorScript(cwd, body) },
			stdin: "ignore",
			stdout: "pipe",
			stderr: "ignore",
		});
		const { value } = await child.stdout.getReader().read();
		expect(Buffer.from(value ?? []).toString()).toBe("ready\n");
		child.kill("SIGTERM");
		expect(await child.exited).toBe(143);
		expect(existsSync(editedIn(cwd))).toBe(false);
	});

	test("a killed run leaves its text to the next one, which leaves those at work alone", async () => {
		const team = await prepared();
		const { cwd, alice } = team;
		const other = await prepared();
		const start = ({ cwd: folder }: Team) =>
			Bun.spawn([PPROTECT, "edit", "prod"], {
				cwd: folder,
				env: {
					...process.env,
					...alice.env,
					...other.alice.env,
					EDITOR: editorScript(folder, WAIT),
				},
				stdin: "ignore",
				stdout: "pipe",
				stderr: "ignore",
			});
		const [killed, working] = [start(team), start(other)];
		await Promise.all([killed, working].map((child) => child.stdout.getReader().read()));
		killed.kill("SIGKILL");
		await killed.exited;
		expect(existsSync(editedIn(cwd))).toBe(true);
		const leftover = editedIn(cwd);
		await edit(team, "true", [], { notices: NOT_CHANGED });
		expect(existsSync(leftover)).toBe(false);
		expect(existsSync(editedIn(other.cwd))).toBe(true);
		working.kill("SIGTERM");
		await working.exited;
	});
});

describe("a folder elsewhere", () => {
	test("is used where --temp-dir names one, with a warning where that may be a disk", async () => {
		const team = await prepared();
		const folder = join(team.cwd, "elsewhere");
		mkdirSync(folder);
		await edit(team, "true", ["--temp-dir", "elsewhere"], {
			notices:
				/^pprotect: warning: .*elsewhere may be on a disk.*\n\(Nothing was changed in prod\)\n$/,
		});
		expect(editedIn(team.cwd)).toStartWith(`${folder}/pprotect-`);
		expect(readdirSync(folder)).toEqual([]);
		await edit(team, "true", ["--temp-dir", "/dev/shm"], { notices: NOT_CHANGED });
		const absent = ["--temp-dir", "/no/such/folder"];
		const { stderr } = await edit(team, "true", absent, { exitCode: 1 });
		expect(stderr).toContain("cannot create a folder in /no/such/folder");
	});

	testUnless(lackOfMounts())("is asked for where the system has none in memory", async () => {
		const { cwd, alice } = await prepared();
		const env = { ...process.env, ...alice.env, EDITOR: editorScript(cwd, "true") };
		const script = 'mount --bind /usr /dev/shm && exec "$@"';
		const command = ["unshare", "-rm", "sh", "-c", script, "sh", PPROTECT, "edit", "prod"];
		const { exitCode, stderr } = Bun.spawnSync(command, { cwd, env });
		expect(exitCode).toBe(1);
		expect(stderr.toString()).toContain("there is no folder in memory here (/dev/shm)");
		expect(stderr.toString()).toContain("--temp-dir");
		expect(existsSync(join(cwd, "edited-in"))).toBe(false);
	});
});

test("an editor that is known to keep copies is warned of", async () => {
	const team = await prepared();
	const script = join(team.cwd, "code");
	writeFileSync(script, "#!/bin/sh\n", { mode: 0o755 });
	const notices = /^pprotect: warning: .*code --wait may keep copies of what it opens/;
	await edit(team, "", [], { env: { VISUAL: `${script} --wait` }, notices });
	expect(statSync(script).isFile()).toBe(true);
	expect(readFileSync(join(team.cwd, "protected.yaml"), "utf8")).toContain("secret-tricky");
});

test("an editor that ends at once is told of, and a late save finds no folder", async () => {
	const { cwd, alice } = await prepared();
	const env = {
		...alice.env,
		PATH: process.env.PATH,
		TERM: "dumb",
		EDITOR: editorScript(cwd, "true"),
	};
	const { output, exitCode } = await runInTerminal([PPROTECT, "edit", "prod"], { cwd, env });
	expect(exitCode).toBe(0);
	expect(wordsOf(output)).toContain("ended at once: if its window is still open");
	expect(existsSync(editedIn(cwd))).toBe(false);
});
