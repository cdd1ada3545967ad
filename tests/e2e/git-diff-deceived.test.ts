/** What `pprotect diff` says of files that were made to deceive whoever reviews them. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { generateKeyPair } from "../../src/crypto/x25519.ts";
import {
	garbageBox,
	rewritten,
	swapCustodianKey,
	swapPublicKey,
	takeOver,
	withDomain,
} from "../support/attacks.ts";
import { Repository } from "../support/git-repository.ts";
import { pprotect } from "../support/pprotect.ts";
import { createTeam, shareProd, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

const VALUES = { ADMIN_PASSWORD: "admin", BANNER: "hello", token: "t" };

let team: Team;
let start: string;

beforeAll(async () => {
	team = await createTeam();
	start = await shareProd(team, VALUES);
});

const setUp = () => Repository.create(start);

const diff = async (repository: Repository, ...args: string[]) =>
	(await repository.pprotect(["diff", ...args])).stdout;

/** What alice, who owns all, finds by opening both versions. */
const opened = async (repository: Repository, ...args: string[]) =>
	(await repository.pprotect(["diff", "--decrypt", ...args], { env: team.alice.env })).stdout;

describe("a rotation proves nothing of the values", () => {
	const anew: [string, () => string][] = [
		[
			"taken over, with the log's word for a rotation",
			() => takeOver(start, "prod", { ...VALUES, token: "evil" }),
		],
		[
			"taken over, without a word in the log",
			() =>
				rewritten(takeOver(start, "prod", { ...VALUES, token: "evil" }), () => ({ auditLog: [] })),
		],
	];
	test.each(anew)("%s", async (_, attack) => {
		const repository = await setUp();
		repository.write(attack());
		for (const format of [[], ["--markdown"]]) {
			const text = await diff(repository, ...format);
			expect(text).toMatch(/key of `?prod`? rotated: its 3 values may be others/);
		}
		const json: unknown[] = JSON.parse(await diff(repository, "--json"));
		expect(json).toContainEqual(expect.objectContaining({ what: "key", values: 3 }));
		for (const name of Object.keys(VALUES)) {
			expect(json).toContainEqual({ what: "secret", how: "unclear", domain: "prod", name });
		}
		const found = await opened(repository);
		expect(found.split("\n").filter((line) => line.includes("secret "))).toEqual([
			expect.stringMatching(/^~ secret token in prod: the audit log does not tell of it$/),
		]);
		expect(found).toContain("1 of its 3 values is another");
	});

	test("an honest one, and who opens it learns which values differ and no value", async () => {
		const repository = await setUp();
		const { env } = team.alice;
		await repository.pprotect(["rotate-domain-keys", "prod"], { env });
		expect(await opened(repository)).toStartWith(
			"~ key of prod rotated: its 3 values are the same",
		);
		expect(await opened(repository)).not.toContain("secret ");
		await repository.secret("update-secret", "prod", "token", "new-value");
		// The same value again is no other value.
		await repository.secret("update-secret", "prod", "BANNER", VALUES.BANNER);
		const json = await opened(repository, "--json");
		expect(json).not.toContain("new-value");
		const changes: { what: string; name?: string }[] = JSON.parse(json);
		expect(changes.filter(({ what }) => what === "secret")).toEqual([
			{ what: "secret", how: "changed", domain: "prod", name: "token" } as { what: string },
		]);
	});

	test("who owns nothing, or is no longer the same, is told that nothing was opened", async () => {
		const repository = await setUp();
		await repository.pprotect(["rotate-domain-keys", "dev"], { env: team.alice.env });
		await repository.pprotect(["diff", "--decrypt"], {
			env: team.bob.env,
			notices: /^pprotect: note: bob@example\.com cannot open both versions of: dev$/m,
		});
		const wrong = { ...team.bob.env, PPROTECT_USER: team.alice.user };
		await repository.pprotect(["diff", "--decrypt"], { env: wrong, exitCode: 1 });
	});

	test("an owner's entry that is garbage is found by opening it", async () => {
		const repository = await setUp();
		const { alice } = team;
		repository.write(
			withDomain(takeOver(start, "prod", VALUES), "prod", ({ owners }) => ({
				owners: new Map(owners).set(alice.user, garbageBox(32)),
			})),
		);
		expect(await opened(repository)).toStartWith(`! owner ${alice.user} of prod: `);
	});
});

describe("a replaced key comes first, and with no advice to seal anything", () => {
	test("a custodian's, in all three formats", async () => {
		const repository = await setUp();
		await repository.secret("add-secret", "dev", "aaa");
		repository.write(swapCustodianKey(repository.read(), team.bob.user, generateKeyPair()));
		const [first = ""] = (await diff(repository)).split("\n");
		expect(first).toStartWith(`! custodian ${team.bob.user}, key replaced`);
		expect(first).not.toContain("pprotect");
		expect(await diff(repository, "--markdown")).toStartWith("- **problem** custodian ");
		expect(JSON.parse(await diff(repository, "--json"))[0]).toMatchObject({
			what: "custodian",
			how: "replaced",
			kept: ["prod"],
		});
	});
});

describe("git's own diff, after git-setup, calls a replaced key so", () => {
	const attacks: [string, string, (text: string) => string][] = [
		[
			"a domain's",
			"! key of prod replaced",
			(text) => swapPublicKey(text, "prod", generateKeyPair()),
		],
		[
			"a custodian's",
			"! custodian bob@example.com, key replaced",
			(text) => swapCustodianKey(text, team.bob.user, generateKeyPair()),
		],
	];
	test.each(attacks)("%s", async (_, words, attack) => {
		const repository = await setUp();
		await repository.pprotect(["git-setup"]);
		repository.commit("set up");
		const good = repository.read();
		repository.write(attack(good));
		expect(repository.git("diff")).toContain(`+${words}`);
		repository.git("switch", "--quiet", "--create", "feature");
		repository.commit("swapped");
		expect(repository.git("show", "--textconv")).toContain(`+${words}`);
		await repository.secret("add-secret", "dev", "later");
		repository.commit("later");
		// It is not new in this one.
		expect(repository.git("show", "--textconv")).not.toMatch(/^[+-]!/m);
		repository.git("switch", "--quiet", "main");
		expect(repository.git("diff", "main...feature")).toContain(`+${words}`);
		repository.git("switch", "--quiet", "feature");
		repository.write(good);
		expect(repository.git("diff")).toContain(`-${words}`);
		expect(repository.git("diff")).not.toContain(`+${words}`);
	});

	test("and no key that an owner rotated, or that a custodian changed", async () => {
		const repository = await setUp();
		await repository.pprotect(["git-setup"]);
		repository.commit("set up");
		await repository.pprotect(["rotate-domain-keys", "prod"], { env: team.alice.env });
		expect(repository.git("diff")).not.toContain("replaced");
		repository.commit("rotated");
		expect(repository.git("log", "-p", "--", "protected.yaml")).not.toContain("replaced");
	});
});

describe("a name is what it stands for, or is refused", () => {
	test("a file with the name of a range, and a branch with the name of a file", async () => {
		const repository = await setUp();
		repository.git("switch", "--quiet", "--create", "feature");
		await repository.secret("add-secret", "prod", "hidden");
		repository.writeOther("main...HEAD", repository.read());
		repository.writeOther("main", repository.read());
		repository.commit("blinding");
		const line = "+ secret hidden in prod\n";
		for (const name of ["main...HEAD", "main"]) {
			const result = await repository.pprotect(["diff", name], { exitCode: 1 });
			expect(result.stderr).toContain(`${name} is both a file and a revision of Git`);
			expect(result.stderr).toContain(`pprotect diff ./${name}`);
			expect(result.stderr).toContain(`pprotect diff ${name} --`);
			await repository.pprotect(["diff", name, "--exit-code"], { exitCode: 128 });
			expect((await repository.pprotect(["diff", `./${name}`])).stdout).toBe("");
			const { stdout } = await pprotect(["diff", name, "--file", "protected.yaml", "--"], {
				cwd: repository.cwd,
			});
			expect(stdout).toStartWith(line);
		}
		repository.writeOther("old.yaml", start);
		expect(await diff(repository, "old.yaml")).toStartWith(line);
		repository.git("tag", "old.yaml", "main");
		const tagged = await repository.pprotect(["diff", "old.yaml"], { exitCode: 1 });
		expect(tagged.stderr).toContain("both a file and a revision");
		const behind = ["diff", "--file", "protected.yaml", "--", "old.yaml"];
		expect((await pprotect(behind, { cwd: repository.cwd })).stdout).toStartWith(line);
	});
});

describe("what else a reviewer has to see", () => {
	test("comments, and not what looks like one", async () => {
		const repository = await setUp();
		repository.write(
			start.replace("  secret-BANNER:", "  # the old one was hunter2\n  secret-BANNER:"),
		);
		expect(await diff(repository)).toBe("+ comment # the old one was hunter2\n");
		expect(await diff(repository, "--markdown")).toBe(
			"- **added** comment `# the old one was hunter2`\n",
		);
		repository.commit("comment");
		repository.write(start);
		expect(await diff(repository)).toBe("- comment # the old one was hunter2\n");
		await repository.pprotect(["git-setup"]);
		expect(repository.git("diff")).toContain("-comment # the old one was hunter2");
	});

	test("what is staged, with or without a revision, and before the first commit", async () => {
		const repository = await setUp();
		await repository.secret("add-secret", "dev", "one");
		expect(await diff(repository, "--staged")).toBe("");
		repository.git("add", "--all");
		await repository.secret("add-secret", "dev", "two");
		expect(await diff(repository, "--staged")).toBe("+ secret one in dev\n+ 1 audit log entry\n");
		repository.commit("two");
		expect(await diff(repository, "--staged", "HEAD~1")).toContain("+ secret two in dev\n");
		await repository.pprotect(["diff", "--staged", "HEAD", "HEAD"], { exitCode: 2 });
		repository.git("rm", "--quiet", "--cached", "protected.yaml");
		await repository.pprotect(["diff", "--staged"], { exitCode: 1 });
		repository.git("add", "--all");
		repository.git("switch", "--quiet", "--orphan", "empty");
		repository.write(start);
		repository.git("add", "--all");
		expect(await diff(repository, "--staged")).toContain("+ domain prod\n");
	});

	test("a file that moved, with what changed in it", async () => {
		const repository = await setUp();
		repository.git("switch", "--quiet", "--create", "feature");
		repository.writeOther("deploy/x", "");
		repository.git("mv", "protected.yaml", "deploy/protected.yaml");
		const moved = repository.at(repository.cwd);
		const there = { cwd: repository.cwd };
		const file = ["--file", "deploy/protected.yaml"];
		await pprotect(["add-secret", "dev", "one", "--value-file", "-", ...file], {
			...there,
			input: "1",
		});
		moved.git("add", "--all");
		const lines = [
			"+ secret one in dev",
			"+ 1 audit log entry",
			"~ file moved from protected.yaml to deploy/protected.yaml",
		];
		const expected = `${lines.join("\n")}\n`;
		expect((await pprotect(["diff", "--staged", ...file], there)).stdout).toBe(expected);
		expect((await pprotect(["diff", "HEAD", ...file], there)).stdout).toBe(expected);
		moved.git("commit", "--quiet", "--message", "moved");
		expect((await pprotect(["diff", "main...feature", ...file], there)).stdout).toBe(expected);
		// From the folder where it no longer is, too.
		expect(await diff(repository, "main...feature")).toBe(expected);
	});

	test("a key put back to one that a former owner holds", async () => {
		const repository = await setUp();
		const { env } = team.alice;
		await repository.pprotect(["offboard", team.bob.user], { env });
		repository.commit("offboarded");
		repository.write(start);
		const [first = ""] = (await diff(repository, "HEAD")).split("\n");
		expect(first).toMatch(/^! key of prod put back to an older one: that of [0-9a-f]{12}: /);
		repository.commit("rolled back");
		expect(await diff(repository, "HEAD~1..HEAD")).toStartWith(first);
	});

	test("a value put back, and one that is the box of another secret", async () => {
		const repository = await setUp();
		await repository.secret("update-secret", "prod", "token", "new");
		repository.commit("updated");
		const box = (text: string, name: string) =>
			new RegExp(`^  secret-${name}: (.*)$`, "m").exec(text)?.[1] ?? "";
		const recent = repository.read();
		repository.write(recent.replace(box(recent, "token"), box(start, "token")));
		expect(await diff(repository)).toMatch(
			/^~ secret token in prod: put back to what it held in [0-9a-f]{12}; the audit log does not tell of it\n$/,
		);
		repository.write(recent.replace(box(recent, "BANNER"), box(recent, "ADMIN_PASSWORD")));
		expect(await diff(repository)).toBe(
			"~ secret BANNER in prod: it holds the box of ADMIN_PASSWORD in prod; the audit log does not tell of it\n",
		);
	});

	test("a secret whose name changes what programs run", async () => {
		const repository = await setUp();
		await repository.pprotect(["add-secret", "prod", "LD_PRELOAD", "--value-file", "-"], {
			input: "1",
			notices: /the variable LD_PRELOAD /,
		});
		expect(await diff(repository)).toStartWith(
			"+ secret LD_PRELOAD in prod: the variable LD_PRELOAD ",
		);
	});
});
