import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Repository } from "../support/git-repository.ts";
import { pprotect, scratchFolder } from "../support/pprotect.ts";
import { createTeam, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

const VECTORS = join(import.meta.dir, "../vectors");

let team: Team;
let start: string;

beforeAll(async () => {
	team = await createTeam();
	const place = ["add-secret", "prod", "shared", "--value-file", "-"];
	await pprotect(place, { cwd: team.cwd, input: "hunter2" });
	start = readFileSync(join(team.cwd, "protected.yaml"), "utf8");
});

const diff = async (repository: Repository, ...args: string[]) =>
	(await repository.pprotect(["diff", ...args])).stdout;

describe("pprotect diff", () => {
	test("compares the file with what is staged, or with a revision", async () => {
		const repository = await Repository.create(start);
		expect(await diff(repository)).toBe("");
		await repository.secret("add-secret", "dev", "one");
		expect(await diff(repository)).toBe("+ secret one in dev\n+ 1 audit log entry\n");
		repository.git("add", "--all");
		expect(await diff(repository)).toBe("");
		await repository.secret("update-secret", "prod", "shared", "2");
		expect(await diff(repository)).toBe("~ secret shared in prod\n+ 1 audit log entry\n");
		const both = "+ secret one in dev\n~ secret shared in prod\n+ 2 audit log entries\n";
		expect(await diff(repository, "HEAD")).toBe(both);
		expect(await diff(repository, "HEAD:protected.yaml")).toBe(both);
		expect(await diff(repository, "HEAD:protected.yaml", ":protected.yaml")).toBe(
			"+ secret one in dev\n+ 1 audit log entry\n",
		);
	});

	test("compares revisions, as a range too, and a file from before there was one", async () => {
		const repository = await Repository.create(start);
		repository.git("switch", "--quiet", "--create", "feature");
		await repository.pprotect(["add-owner", "prod", team.bob.user], { env: team.alice.env });
		repository.commit("owner");
		repository.git("switch", "--quiet", "main");
		await repository.pprotect(["rotate-domain-keys", "dev"], { env: team.alice.env });
		repository.commit("rotated");
		const owner = "+ owner bob@example.com of prod\n+ 1 audit log entry\n";
		expect(await diff(repository, "main...feature")).toBe(owner);
		expect(await diff(repository, "main~1", "feature")).toBe(owner);
		expect(await diff(repository, "main..feature")).toMatch(
			/^! key of dev put back to an older one: that of [0-9a-f]{12}: .*\n\+ owner bob@example\.com of prod\n- 1 audit log entry: .*\n\+ 1 audit log entry\n$/,
		);
		repository.git("switch", "--quiet", "--orphan", "empty");
		repository.git("commit", "--quiet", "--allow-empty", "--message", "empty");
		expect(await diff(repository, "empty", "main")).toStartWith("+ domain dev\n");
	});

	test("compares files, from a folder below too", async () => {
		const repository = await Repository.create(start, "deploy/x.yaml");
		const team = join(VECTORS, "team.yaml");
		expect(await diff(repository, team, team)).toBe("");
		expect(await diff(repository, team, "deploy/x.yaml")).toContain("+ secret shared in prod\n");
		await repository.secret("add-secret", "dev", "one");
		const below = { cwd: join(repository.cwd, "deploy") };
		const { stdout } = await pprotect(["diff", "HEAD", "--file", "x.yaml"], below);
		expect(stdout).toStartWith("+ secret one in dev\n");
	});

	test("compares every protected file, also those that are new, moved or gone", async () => {
		const repository = await Repository.create(start);
		const copy = (name: string) => {
			mkdirSync(join(repository.cwd, name));
			writeFileSync(join(repository.cwd, name, "protected.yaml"), start);
		};
		const diffAll = async (...args: string[]) =>
			(await pprotect(["diff", "--all", ...args], { cwd: repository.cwd })).stdout;
		for (const name of ["old", "moved"]) copy(name);
		repository.commit("files");
		expect(await diffAll()).toBe("");

		repository.git("mv", "moved", "there");
		await repository.secret("add-secret", "dev", "one");
		repository.git("add", "--all");
		const secret = "protected.yaml:\n+ secret one in dev\n+ 1 audit log entry\n";
		const both = `${secret}\nthere/protected.yaml:\n~ file moved from moved/protected.yaml to there/protected.yaml\n`;
		expect(await diffAll("--staged")).toBe(both);
		repository.commit("moved");
		expect(await diffAll("HEAD~1", "HEAD")).toBe(both);
		expect(await diffAll("HEAD~1..HEAD")).toBe(both);
		expect(await diffAll("HEAD~1", "--markdown")).toStartWith("### `protected.yaml`\n\n- ");

		copy("new");
		repository.git("add", "--all");
		expect(await diffAll("HEAD")).toStartWith("new/protected.yaml:\n+ domain dev\n");
		repository.commit("new");
		repository.git("rm", "--quiet", "-r", "old");
		expect(await diffAll("--staged")).toStartWith("old/protected.yaml:\n- domain dev");
		repository.commit("gone");
		mkdirSync(join(repository.cwd, "svc"));
		repository.git("mv", "protected.yaml", "svc/protected.yaml");
		expect(await diffAll("--staged")).toBe(
			"svc/protected.yaml:\n~ file moved from protected.yaml to svc/protected.yaml\n",
		);
		repository.git("mv", "svc/protected.yaml", "protected.yaml");
		repository.git("rm", "--quiet", "-r", "new");
		const options = { cwd: repository.cwd, exitCode: 2 };
		const { stderr } = await pprotect(["diff", "HEAD:protected.yaml", "--all"], options);
		expect(stderr).toContain("--all looks at every file");
		const run = { cwd: repository.cwd, exitCode: 1, isFinding: true };
		const { stdout } = await pprotect(["diff", "--all", "--exit-code", "--json", "HEAD"], run);
		expect(JSON.parse(stdout)).toEqual([
			{ file: "new/protected.yaml", changes: expect.any(Array) },
		]);
	});

	test("prints JSON, and Markdown for a pull request", async () => {
		const repository = await Repository.create(start);
		expect(JSON.parse(await diff(repository, "--json"))).toEqual([]);
		await repository.secret("add-secret", "dev", "one");
		expect(JSON.parse(await diff(repository, "--json"))).toEqual([
			{ what: "secret", how: "added", domain: "dev", name: "one" },
			{ what: "audit-log", how: "added", entries: 1 },
		]);
		expect(await diff(repository, "--markdown")).toBe(
			"- **added** secret `one` in `dev`\n- **added** 1 audit log entry\n",
		);
		await repository.pprotect(["diff", "--json", "--markdown"], { exitCode: 2 });
	});

	test("exits as git diff does with --exit-code", async () => {
		const repository = await Repository.create(start);
		await repository.pprotect(["diff", "--exit-code"]);
		await repository.secret("add-secret", "dev", "one");
		await repository.pprotect(["diff"]);
		const changed = ["diff", "--exit-code"];
		expect((await repository.pprotect(changed, { exitCode: 1, isFinding: true })).stdout).not.toBe(
			"",
		);
		await repository.pprotect(["diff", "none", "--exit-code"], { exitCode: 128 });
	});

	test("says what it cannot compare", async () => {
		const repository = await Repository.create(start);
		const none = await repository.pprotect(["diff", "none"], { exitCode: 1 });
		expect(none.stderr).toContain("none is neither a file nor a Git revision");
		await repository.pprotect(["diff", "HEAD:none.yaml"], { exitCode: 1 });
		const broken = start.replace("audit-log:", "audit-log: 1");
		repository.write(broken);
		repository.commit("broken");
		repository.write(start);
		const unreadable = await repository.pprotect(["diff", "HEAD"], { exitCode: 1 });
		expect(unreadable.stderr).toMatch(/error: HEAD:protected\.yaml:\d+: /);
		const cwd = scratchFolder();
		await Bun.write(join(cwd, "protected.yaml"), start);
		const outside = await pprotect(["diff"], { cwd, exitCode: 1 });
		expect(outside.stderr).toContain("is not in a Git work tree: not a git repository");
	});
});

describe("git diff, log -p and show after git-setup", () => {
	/** The lines that start with + or -, without headers and digests. */
	const changes = (output: string) =>
		output
			.split("\n")
			.filter((line) => /^[+-](?![+-])/.test(line))
			.map((line) => line.replace(/ [0-9a-f]{12}$/, ""));

	test("read as words, and show no value and no box", async () => {
		const repository = await Repository.create(start);
		await repository.pprotect(["git-setup"]);
		repository.commit("set up");
		await repository.pprotect(["add-owner", "prod", team.bob.user], { env: team.alice.env });
		await repository.secret("update-secret", "prod", "shared", "2");
		const expected = [
			"-secret shared in prod",
			"+secret shared in prod",
			"+owner bob@example.com of prod",
			expect.stringMatching(
				/^\+log .* -- alice@example\.com added owner bob@example\.com to prod$/,
			),
			expect.stringMatching(/^\+log .* -- updated secret shared in prod$/),
		];
		expect(changes(repository.git("diff"))).toEqual(expected);
		repository.commit("changed");
		expect(changes(repository.git("show", "--textconv"))).toEqual(expected);
		const log = repository.git("log", "-p", "--", "protected.yaml");
		expect(changes(log)).toEqual(expect.arrayContaining(expected));
		const [, box = ""] = /secret-shared: (\S+)/.exec(repository.read()) ?? [];
		expect(log).not.toContain(box.slice(0, 20));
	});

	test("git blame stands beside the right lines", async () => {
		const repository = await Repository.create(start);
		await repository.pprotect(["git-setup"]);
		repository.commit("set up");
		repository.write(start.replace(/^ {2}secret-shared: /m, "  # of the database\n$&"));
		await repository.secret("add-secret", "dev", "new");
		repository.commit("changed");
		const lines = repository.read().trimEnd().split("\n");
		const isNew = (output: string) => {
			const blamed = output.trimEnd().split("\n");
			const [first = ""] = blamed.map((line) => line.split(" ")[0]).slice(-1);
			return {
				count: blamed.length,
				changed: blamed.flatMap((line, at) => (line.startsWith(first) ? at : [])),
			};
		};
		const converted = isNew(repository.git("blame", "-s", "protected.yaml"));
		expect(converted).toEqual(
			isNew(repository.git("blame", "-s", "--no-textconv", "protected.yaml")),
		);
		expect(converted.count).toBe(lines.length);
		expect(
			converted.changed.map((at) => lines[at]?.replace(/: A.*/, "").replace(/.* -- /, "")),
		).toEqual(["  secret-new", "  # of the database", "added secret new in dev"]);
	});

	test("git diff shows the lines of a conflict", async () => {
		const repository = await Repository.create(start);
		await repository.pprotect(["git-setup"]);
		repository.commit("set up");
		repository.git("branch", "feature");
		await repository.secret("update-secret", "prod", "shared", "ours");
		repository.commit("ours");
		repository.git("switch", "--quiet", "feature");
		await repository.secret("update-secret", "prod", "shared", "theirs");
		repository.commit("theirs");
		expect(repository.tryGit("merge", "main").exitCode).toBe(1);
		const shown = repository.git("diff").split("\n");
		expect(
			shown
				.filter((line) => /^..(?:secret|<<<|===|>>>)/.test(line))
				.map((line) => line.replace(/ [0-9a-f]{12}$/, "").replace(/([<>]{7}).*/, "$1")),
		).toEqual([
			"++<<<<<<<",
			" +secret shared in prod",
			"++=======",
			"+ secret shared in prod",
			"++>>>>>>>",
		]);
	});

	test("show what a hand did to a file, and never a value that it typed", async () => {
		const repository = await Repository.create(start);
		await repository.pprotect(["git-setup"]);
		repository.commit("set up");
		repository.write(start.replace(/^( {2}secret-shared: ).*/m, "$1hunter2"));
		const typed = repository.git("diff");
		expect(changes(typed)).toContain("+secret shared in prod (no sealed box)");
		expect(typed).not.toContain("hunter2");
		repository.write(`${start}  hunter2: [\n`);
		const broken = repository.git("diff");
		expect(changes(broken)).toContainEqual(
			expect.stringMatching(/^\+no protected file: line \d+ /),
		);
		expect(broken).not.toContain("hunter2");
	});
});
