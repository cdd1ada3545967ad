/** docs/recipes.md and docs/migrating.md tell the truth: their commands run as they stand there. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { ROOT } from "../../scripts/compile.ts";
import { type Block, blocksOf } from "../support/markdown.ts";
import { PATH } from "../support/page-blocks.ts";
import { pprotect, scratchFolder } from "../support/pprotect.ts";
import { createTeam } from "../support/team.ts";

setDefaultTimeout(60_000);

/** What the tools print that are in no package here, as their manuals show it. */
const STAND_INS: Readonly<Record<string, string>> = {
	sops: `case "$*" in
		*json*) echo '{"db":{"password":"p 1","port":5432}}' ;;
		*) printf 'API_KEY: k 1\\nPORT: 5432\\n' ;;
	esac`,
	ejson: `case "$2" in
		secrets.ejson) echo '{"_public_key":"63ccf05a","environment":{"API_KEY":"k 1"}}' ;;
		*) echo '{"_public_key":"63ccf05a","MAIL_TOKEN":"m"}' ;;
	esac`,
	"bin/rails": `printf 'aws:\\n  key: k 1\\nsecret_key_base: b\\n'`,
	vault: `echo '{"API_KEY":"k 1"}'`,
	aws: `case "$1" in
		ssm) echo '{"Parameters":[{"Name":"/app/prod/API_KEY","Type":"SecureString","Value":"k 1"}]}' ;;
		*) echo '{"MAIL_TOKEN":"m"}' ;;
	esac`,
	kubectl: `case "$1" in
		get) echo '{"kind":"Secret","data":{"API_KEY":"ayAx"}}' ;;
		*) cat ;;
	esac`,
	heroku: `case "$1" in
		config) echo '{"API_KEY":"k 1"}' ;;
		*) echo "$*" ;;
	esac`,
	doppler: `echo '{"API_KEY":"k 1"}'`,
	docker: 'echo "$* $DATABASE_URL"',
	fly: "cat",
	terraform: 'echo "$* $TF_VAR_db_password"',
};

/** What a block needs first, by the heading that it stands under. */
const BEFORE: Readonly<Record<string, string>> = {
	"A plain .env": "printf 'API_KEY=k 1\\n' > .env",
	"git-crypt": `git-crypt init > /dev/null
		echo 'secrets.env filter=git-crypt diff=git-crypt' > .gitattributes
		printf 'API_KEY="k 1"\\n' > secrets.env
		git add .gitattributes secrets.env && git commit --quiet --message secrets
		git-crypt export-key ../git-crypt.key && git-crypt lock`,
	dotenvx: `printf 'API_KEY="k 1"\\n' > .env.production
		dotenvx encrypt -f .env.production > dotenvx.log 2>&1`,
	"ansible-vault": `mkdir -p group_vars/prod && echo secret > vault.pass
		printf 'api_key: k 1\\nport: 5432\\n' > group_vars/prod/vault.yml
		ansible-vault encrypt --vault-password-file vault.pass group_vars/prod/vault.yml > /dev/null 2>&1`,
};

/** The secrets that are in `prod` then, or what the block prints. */
const OUTCOME: Readonly<Record<string, Readonly<Record<string, string>> | RegExp>> = {
	"A plain .env": { API_KEY: "k 1" },
	SOPS: { API_KEY: "k 1", PORT: "5432", db_password: "p 1", db_port: "5432" },
	"git-crypt": { API_KEY: "k 1" },
	ejson: { API_KEY: "k 1", MAIL_TOKEN: "m" },
	dotenvx: { API_KEY: "k 1" },
	"ansible-vault": { api_key: "k 1", port: "5432" },
	"Rails credentials": { aws_key: "k 1", secret_key_base: "b" },
	Vault: { API_KEY: "k 1" },
	AWS: { API_KEY: "k 1", MAIL_TOKEN: "m" },
	Kubernetes: { API_KEY: "k 1" },
	Heroku: { API_KEY: "k 1" },
	Doppler: { API_KEY: "k 1" },
	"npm scripts": /started with db:\/\/dev/,
	make: /started with db:\/\/dev/,
	direnv: /started with db:\/\/dev/,
	"Compose for development": /^compose up db:\/\/dev$/m,
	Fly: /^PPROTECT_PASSPHRASE=P[0-9a-f]{64}P$/m,
	Terraform: /^apply hunter2$/m,
	"Kubernetes Secrets": /"DB_PASSWORD": "hunter2"/,
	Templates: /^$/,
	"A file for a program that wants one": /^(-----BEGIN|\s*$)/,
	"So that it stops asking": /^$/,
};

interface Project {
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
	/** Commands that nothing else has. */
	readonly bin: string;
}

/** A repository with a program and secrets, whose owner's credentials are in the environment. */
async function makeProject(page: string): Promise<Project> {
	const { cwd: folder, alice } = await createTeam();
	const cwd = join(folder, "project");
	mkdirSync(cwd);
	const bin = scratchFolder();
	const env = { ...alice.env, HOME: scratchFolder(), PATH: [bin, cwd, PATH].join(delimiter) };
	const project = { cwd, env: { ...env, ...COMMITTER }, bin };
	run(project, "git init --quiet . && cp ../protected.yaml ../alice@example.com.key .");
	writeProgram(join(cwd, "server"), 'echo "started with $DATABASE_URL"');
	writeFileSync(
		join(cwd, "server.js"),
		"console.log('started with ' + process.env.DATABASE_URL);\n",
	);
	writeFileSync(join(cwd, "app.key"), alice.passphrase);
	if (page.endsWith("migrating.md")) return project;
	const secrets = {
		"dev DATABASE_URL": "db://dev",
		"dev TLS_KEY": "-----BEGIN KEY-----\n",
		"prod DB_PASSWORD": "hunter2",
	};
	for (const [place, input] of Object.entries(secrets)) {
		const args = ["add-secret", ...place.split(" "), "--value-file", "-"];
		await pprotect(args, { cwd, input, notices: /line end|^$/ });
	}
	return project;
}

const COMMITTER = {
	GIT_AUTHOR_NAME: "Alice",
	GIT_AUTHOR_EMAIL: "alice@example.com",
	GIT_COMMITTER_NAME: "Alice",
	GIT_COMMITTER_EMAIL: "alice@example.com",
};

function writeProgram(path: string, script: string): void {
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, `#!/bin/sh\n${script}\n`);
	chmodSync(path, 0o755);
}

/** Runs a script, and fails with all that it said where it fails. @returns its output. */
function run({ cwd, env }: Project, script: string): string {
	const { exitCode, stdout, stderr } = Bun.spawnSync(["sh", "-eu", "-c", script], { cwd, env });
	expect({ script, exitCode, stderr: exitCode ? stderr.toString() : "" }).toEqual({
		script,
		exitCode: 0,
		stderr: "",
	});
	return stdout.toString();
}

/** Why a block cannot run here, in brackets. */
function lackOf(block: Block): string {
	if (process.platform === "win32") return " (not on Windows)";
	const needs = block.notes.get("needs");
	if (needs === "Linux") return process.platform === "linux" ? "" : " (needs Linux)";
	const tools = [needs, /\bjq\b/.test(block.code) ? "jq" : undefined];
	const missing = tools.find((tool) => tool !== undefined && !Bun.which(tool));
	return missing === undefined ? "" : ` (${missing} is not installed)`;
}

describe.each(["docs/migrating.md", "docs/recipes.md"])("%s", (page) => {
	const blocks = blocksOf(readFileSync(join(ROOT, page), "utf8"));
	for (const block of blocks.filter(({ info }) => info === "sh")) {
		const lack = lackOf(block);
		test.skipIf(lack !== "")(`line ${block.line}: ${block.heading}${lack}`, async () => {
			const project = await makeProject(page);
			for (const file of blocks.filter(({ heading }) => heading === block.heading)) {
				const name = file.notes.get("file");
				if (name !== undefined) writeFileSync(join(project.cwd, name), file.code);
			}
			const [standIn] = block.notes.get("stands in")?.split(" ") ?? [];
			if (standIn !== undefined) {
				const folder = standIn.includes("/") ? project.cwd : project.bin;
				writeProgram(join(folder, standIn), STAND_INS[standIn] ?? "exit 99");
			}
			run(project, BEFORE[block.heading] ?? ":");
			const output = run(project, block.code);
			const outcome = OUTCOME[block.heading];
			if (outcome instanceof RegExp || outcome === undefined || page.endsWith("recipes.md")) {
				if (outcome instanceof RegExp) expect(output).toMatch(outcome);
				return;
			}
			const values = JSON.parse(run(project, "pprotect decrypt-domain prod"));
			expect(values).toEqual(outcome);
		});
	}

	test("each block that is not run says why, or is no command for a shell here", () => {
		const silent = blocks.filter(({ info, notes }) => info === "sh no-run" && notes.size === 0);
		expect(silent.map(({ line }) => line)).toEqual([]);
	});
});
