/** Every example that the help, the man page and docs/commands.md show runs as it stands. */
import { afterAll, expect, test } from "bun:test";
import { chmodSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { commandDefinitions } from "../../src/cli/definitions.ts";
import { COMMANDS } from "../../src/commands/registry.ts";
import { PPROTECT, pprotect, scratchFolder } from "../support/pprotect.ts";
import { addMember, createTeam, type Team } from "../support/team.ts";

const examples = (await commandDefinitions(COMMANDS)).flatMap(({ examples }) =>
	examples.map(([, line]) => line),
);

/** What an example cannot have here. */
const NOT_HERE: readonly (readonly [line: string, why: string])[] = [
	["pprotect edit prod --temp-dir /Volumes/ramdisk", "a volume of macos"],
	["pprotect exec --domain prod --env PGPASSWORD=db-password -- psql", "a database to connect to"],
	...["remember", "remember --user alice-dev@example.com", "forget", "forget --all"].map(
		(line) => [`pprotect ${line}`, "a keychain, which keychain.test.ts has"] as const,
	),
	["pprotect check --base origin/main", "a remote, which git-check.test.ts has"],
	['eval "$(pprotect completion zsh)"', "tried in zsh itself, where that is installed"],
	[
		"pprotect completion powershell | Out-String | Invoke-Expression",
		"PowerShell, where that is installed",
	],
];

/** What has to be so before an example makes sense. */
const BEFORE: readonly (readonly [line: RegExp, script: string])[] = [
	[/^pprotect init/, "rm protected.yaml"],
	[/^pprotect add-domain prod/, "pprotect rm-domain prod"],
	[/^pprotect add-key-custodian .*ci@/, "pprotect rm-key-custodian ci@example.com"],
	[/^pprotect add-secret prod db-password/, "pprotect rm-secret prod db-password"],
	[/^pprotect add-secret prod tls-cert/, "pprotect rm-secret prod tls-cert"],
	[/^pprotect copy-secret .* --update/, "pprotect copy-secret api-token prod staging"],
	[/^pprotect (rm-owner prod|offboard)/, "pprotect add-owner prod bob@example.com"],
	[/^pprotect git-setup --undo/, "pprotect git-setup > /dev/null"],
	[/fish > /, "mkdir -p ~/.config/fish/completions"],
];

/** What is answered, KEY standing for alice's passphrase. */
const ANSWERS: readonly (readonly [line: RegExp, answers: string])[] = [
	[
		/^pprotect (init( --domain dev --domain prod)?|add-key-custodian)$/,
		"carol@example.com\npw\npw\n",
	],
	[/^pprotect rekey-custodian --key-type raw/, "alice@example.com\nKEY\nYES\n"],
	[/^pprotect rekey-custodian/, "alice@example.com\nKEY\npw\npw\n"],
	[/^pprotect set-key-custodian-passphrase$/, "alice@example.com\nKEY\npw\npw\n"],
	[/^pprotect migrate-owner/, "y\n"],
	[/^pprotect set |-secret /, "a value\n"],
];

const team = await createTeamWithSecrets();
const bin = scratchFolder();
symlinkSync(PPROTECT, join(bin, "pprotect"));
afterAll(() => rmSync(bin, { recursive: true }));

async function createTeamWithSecrets(): Promise<Team> {
	const created = await createTeam();
	const { cwd, alice } = created;
	await addMember(cwd, "add-key-custodian", "ci@example.com");
	for (const domain of ["base", "staging"]) {
		await pprotect(["add-domain", domain], { cwd, env: alice.env });
	}
	for (const place of [
		...["prod api-token", "prod db-password", "prod tls-cert", "dev old-token"],
		...["base colour"],
	]) {
		await pprotect(["add-secret", ...place.split(" "), "--value-file", "-"], { cwd, input: "v" });
	}
	for (const copy of ["old.yaml", "new.yaml", "base.yaml", "theirs.yaml"]) {
		cpSync(join(cwd, "protected.yaml"), join(cwd, copy));
	}
	for (const [name, content] of Object.entries({
		"cert.pem": "-----BEGIN CERTIFICATE-----\n",
		"app.p12": "PKCS12",
		"pass.txt": "a long passphrase",
		"old.txt": alice.passphrase,
		"new.txt": "a newer passphrase",
		".env": "MAIL_TOKEN=1\n",
		app: "#!/bin/sh\n",
		migrate: "#!/bin/sh\n",
	})) {
		writeFileSync(join(cwd, name), content);
		chmodSync(join(cwd, name), 0o700);
	}
	rmSync(join(cwd, "ci@example.com.key"));
	return created;
}

const GIT =
	"git init -q -b main && git config user.name a && git config user.email a@example.com && git add protected.yaml && git commit -qm one && git branch feature";

function runExample(line: string) {
	const cwd = scratchFolder();
	cpSync(team.cwd, cwd, { recursive: true });
	mkdirSync(join(cwd, "home"));
	const before = BEFORE.filter(([pattern]) => pattern.test(line)).map(([, script]) => script);
	const [, answers = ""] = ANSWERS.find(([pattern]) => pattern.test(line)) ?? [];
	const script = [GIT, ...before.map((step) => `${step} < /dev/null`), line].join("\n");
	const { stderr, exitCode } = Bun.spawnSync(["bash", "-e", "-c", script], {
		cwd,
		env: {
			PATH: [bin, process.env.PATH].join(delimiter),
			HOME: join(cwd, "home"),
			EDITOR: "true",
			...team.alice.env,
		},
		stdin: new TextEncoder().encode(answers.replace("KEY", team.alice.passphrase)),
		stderr: "pipe",
	});
	rmSync(cwd, { recursive: true });
	return { exitCode, stderr: stderr.toString() };
}

const here = examples.filter((line) => !NOT_HERE.some(([known]) => known === line));

test.skipIf(process.platform === "win32").each(here)(
	"%s",
	(line) => {
		const { exitCode, stderr } = runExample(line);
		expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
	},
	30_000,
);

test("what is left out is shown somewhere", () => {
	expect(examples).toEqual(expect.arrayContaining(NOT_HERE.map(([line]) => line)));
});
