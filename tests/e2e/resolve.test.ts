/** `pprotect resolve` on conflicts that real Git leaves. */
import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Repository } from "../support/git-repository.ts";
import { pprotect } from "../support/pprotect.ts";
import { createTeam, shareProd, type Team } from "../support/team.ts";

setDefaultTimeout(30_000);

let team: Team;
let start: string;

beforeAll(async () => {
	team = await createTeam();
	start = await shareProd(team, { shared: "at the start" });
});

type Act = (repository: Repository) => Promise<unknown>;

/** A repository in the middle of a merge of what the two did. */
async function merging(ours: Act, theirs: Act): Promise<Repository> {
	const repository = await Repository.create(start);
	await repository.pprotect(["git-setup"]);
	repository.commit("set up");
	repository.git("branch", "feature");
	await ours(repository);
	repository.commit("ours");
	repository.git("switch", "--quiet", "feature");
	await theirs(repository);
	repository.commit("theirs");
	repository.git("switch", "--quiet", "main");
	expect(repository.tryGit("merge", "feature").exitCode).toBe(1);
	return repository;
}

const as =
	(user: "alice" | "bob", ...args: string[]): Act =>
	(repository) =>
		repository.pprotect(args, { env: team[user].env });
const set =
	(value: string, command: "add-secret" | "update-secret", name: string): Act =>
	(repository) =>
		repository.secret(command, "prod", name, value);
const rotate = as("alice", "rotate-domain-keys", "prod");

const valuesOf = async (repository: Repository, user: "alice" | "bob" = "alice") =>
	JSON.parse(
		(await repository.pprotect(["decrypt-domain", "prod"], { env: team[user].env })).stdout,
	);

async function expectClean(repository: Repository): Promise<void> {
	expect(repository.read()).not.toMatch(/^[<=>]{7}/m);
	await repository.pprotect(["check", "--quiet"]);
	repository.git("add", "--all");
	repository.git("commit", "--quiet", "--no-edit");
}

test("--list says the conflicts again, and fewer as they are settled", async () => {
	const repository = await merging(
		async (one) => {
			await set("1", "update-secret", "shared")(one);
			await set("1", "add-secret", "new")(one);
		},
		async (one) => {
			await set("2", "update-secret", "shared")(one);
			await set("2", "add-secret", "new")(one);
		},
	);
	const list = () => repository.pprotect(["resolve", "--list"], { exitCode: 1, isFinding: true });
	const lines = [
		"protected.yaml: ours and theirs both added secret new of prod: keep one of the two marked lines\n",
		"protected.yaml: ours and theirs both changed secret shared of prod: keep one of the two marked lines\n",
	];
	const marked = repository.read();
	// An older Git does not tell the branches' names.
	const { stdout } = await list();
	expect(stdout.replaceAll("HEAD and feature", "ours and theirs")).toBe(lines.join(""));
	const one = /^<{7} .*\n((?:.*\n)*?)={7}\n(?:.*\n)*?>{7} .*\n/m;
	repository.write(marked.replace(one, "$1"));
	expect((await list()).stdout.split("\n")).toHaveLength(2);
	repository.write(repository.read().replace(one, "$1"));
	await repository.pprotect(["resolve", "--list"], {
		notices: /^No conflicts in protected\.yaml\n$/,
	});
});

test("a value sealed to the old key is sealed to the new one, without a question", async () => {
	const repository = await merging(rotate, async (one) => {
		await set("mine", "add-secret", "added")(one);
		await set("changed", "update-secret", "shared")(one);
	});
	// bob owned it before, and was given the new key.
	await repository.pprotect(["resolve", "--non-interactive"], {
		env: team.bob.env,
		notices: /^(?:pprotect: note: .* rotated the key of prod while .*\n){2}/,
	});
	expect(await valuesOf(repository)).toEqual({ added: "mine", shared: "changed" });
	await expectClean(repository);
});

test("an owner who was removed gets no share of the new key: it is rotated again", async () => {
	const repository = await merging(rotate, as("alice", "rm-owner", "prod", "bob@example.com"));
	await repository.pprotect(["resolve"], {
		env: team.alice.env,
		input: "y\n",
		notices: /removed owner bob@example\.com of prod while/,
	});
	expect(repository.read()).not.toMatch(/^ {6}bob@example\.com: /m);
	expect(repository.read().match(/rotated key for domain prod/g)).toHaveLength(2);
	expect(await valuesOf(repository)).toEqual({ shared: "at the start" });
	await expectClean(repository);
});

test("a new owner gets the new key only if that is what the user wants", async () => {
	const repository = await Repository.create(start);
	await as("alice", "rm-owner", "prod", "bob@example.com")(repository);
	await repository.pprotect(["git-setup"]);
	repository.commit("set up");
	repository.git("switch", "--quiet", "--create", "feature");
	await as("alice", "add-owner", "prod", "bob@example.com")(repository);
	repository.commit("theirs");
	repository.git("switch", "--quiet", "main");
	await rotate(repository);
	repository.commit("ours");
	expect(repository.tryGit("merge", "feature").exitCode).toBe(1);
	const marked = repository.read();
	for (const refused of [{ input: "n\n" }, { args: ["--non-interactive"] }]) {
		const { stdout } = await repository.pprotect(["resolve", ...(refused.args ?? [])], {
			env: team.alice.env,
			input: refused.input ?? "",
			exitCode: 1,
			isFinding: true,
			notices: /made bob@example\.com an owner of prod/,
		});
		expect(stdout).toContain("that entry holds the old key");
		expect(repository.read()).toBe(marked);
	}
	await repository.pprotect(["resolve"], {
		env: team.alice.env,
		input: "y\n",
		notices: /Make bob@example\.com an owner of prod, with its present key\?/,
	});
	expect(await valuesOf(repository, "bob")).toEqual({ shared: "at the start" });
	await expectClean(repository);
});

test("a choice is asked for, without credentials; what is left open stays marked", async () => {
	const repository = await merging(
		async (one) => {
			await set("1", "update-secret", "shared")(one);
			await set("1", "add-secret", "new")(one);
		},
		async (one) => {
			await as("alice", "rm-secret", "prod", "shared")(one);
			await set("2", "add-secret", "new")(one);
		},
	);
	const { stdout } = await repository.pprotect(["resolve"], {
		input: "t\n\n",
		exitCode: 1,
		isFinding: true,
		notices: /Which one\?/,
	});
	expect(stdout).toMatch(/^protected\.yaml: .* removed secret shared of prod, which .* changed/);
	expect(repository.read().match(/^<{7} /gm)).toHaveLength(1);
	await repository.pprotect(["resolve"], { input: "o\n", notices: /Which one\?/ });
	expect(await valuesOf(repository)).toEqual({ new: "2", shared: "1" });
	await expectClean(repository);
});

test("nothing is sealed unasked to a key that no owner may have made", async () => {
	const repository = await merging(
		async (one) => {
			// Somebody without a key puts another in its place, and seals it to all owners.
			const { cwd, alice, bob } = team;
			const scratch = await Repository.create(readFileSync(join(cwd, "protected.yaml"), "utf8"));
			await scratch.pprotect(["rm-domain", "prod"]);
			await scratch.pprotect(["add-domain", "prod"], { env: alice.env });
			await scratch.pprotect(["add-owner", "prod", bob.user], { env: alice.env });
			const block = (text: string) => /^prod:\n(?: .*\n)*/m.exec(text)?.[0] ?? "";
			one.write(one.read().replace(block(one.read()), () => block(scratch.read())));
		},
		set("mine", "add-secret", "added"),
	);
	const { stdout } = await repository.pprotect(["resolve", "--non-interactive"], {
		env: team.alice.env,
		exitCode: 1,
		isFinding: true,
		notices: /./,
	});
	expect(stdout).toContain("secret added of prod");
});

test("a conflict that Git marked by itself, and a file that is not being merged, are refused", async () => {
	const repository = await Repository.create(start);
	repository.git("branch", "feature");
	await set("1", "add-secret", "one")(repository);
	repository.commit("ours");
	repository.git("switch", "--quiet", "feature");
	await set("2", "add-secret", "two")(repository);
	repository.commit("theirs");
	expect(repository.tryGit("merge", "main").exitCode).toBe(1);
	const { stderr } = await repository.pprotect(["resolve"], { exitCode: 1 });
	expect(stderr).toContain("git checkout --merge -- protected.yaml");
	repository.git("commit", "--quiet", "--all", "--message", "markers and all");
	const committed = await repository.pprotect(["resolve"], { exitCode: 1 });
	expect(committed.stderr).toContain("Git has no two versions of protected.yaml");
});

test("a domain whose key both sides rotated gets both sides' changes, and a third key", async () => {
	const repository = await merging(
		async (one) => {
			await rotate(one);
			await set("mine", "add-secret", "ours")(one);
			await as("alice", "rm-owner", "prod", team.bob.user)(one);
		},
		async (one) => {
			await rotate(one);
			await set("theirs", "add-secret", "theirs")(one);
			await set("changed", "update-secret", "shared")(one);
		},
	);
	const keyOf = (text: string) => /^ {4}public-key: (.*)$/m.exec(text)?.[1];
	const block = (text: string) => /^prod:\n(?:(?: .*)?\n)*?(?=\S)/m.exec(text)?.[0] ?? "";
	const old = ["main", "feature"].map((branch) =>
		keyOf(block(repository.git("show", `${branch}:protected.yaml`))),
	);
	await repository.pprotect(["resolve", "--non-interactive"], {
		env: team.alice.env,
		notices: /both rotated the key of prod/,
	});
	expect(await valuesOf(repository)).toEqual({ ours: "mine", theirs: "theirs", shared: "changed" });
	// bob was given theirs, and has no other.
	const prod = block(repository.read());
	expect(prod).not.toContain(team.bob.user);
	expect(old).not.toContain(keyOf(prod));
	await expectClean(repository);
});

test("of a value that both changed under two new keys, and of a new owner, it asks", async () => {
	const repository = await merging(
		async (one) => {
			await rotate(one);
			await set("1", "update-secret", "shared")(one);
		},
		async (one) => {
			await as("alice", "rm-owner", "prod", team.bob.user)(one);
			await rotate(one);
			await set("2", "update-secret", "shared")(one);
		},
	);
	const marked = repository.read();
	await repository.pprotect(["resolve", "--non-interactive"], {
		env: team.alice.env,
		exitCode: 1,
		isFinding: true,
		notices: /./,
	});
	expect(repository.read()).toBe(marked);
	await repository.pprotect(["resolve"], {
		env: team.alice.env,
		input: "t\n",
		notices: /both changed secret shared of prod/,
	});
	expect(await valuesOf(repository)).toEqual({ shared: "2" });
	await expectClean(repository);
});

test("of a custodian whom both sides re-keyed, one side's key is taken, and their entries with it", async () => {
	const rekey = (key: string) => (repository: Repository) =>
		repository.pprotect(
			["rekey-custodian", "--key-type", "raw", "--save-passphrase", `.git/${key}`],
			{ env: team.bob.env, input: `${team.bob.user}\n${team.bob.passphrase}\n`, notices: /./ },
		);
	const repository = await merging(async (one) => {
		await rekey("first")(one);
		await rotate(one);
	}, rekey("second"));
	await repository.pprotect(["resolve"], {
		env: team.alice.env,
		input: "t\ny\n",
		notices: /both re-keyed custodian bob@example\.com/,
	});
	const passphrase = readFileSync(join(repository.cwd, ".git/second"), "utf8").trim();
	const env = { PPROTECT_USER: team.bob.user, PPROTECT_PASSPHRASE: passphrase };
	const { stdout } = await repository.pprotect(["decrypt-domain", "prod"], { env });
	expect(JSON.parse(stdout)).toEqual({ shared: "at the start" });
	await expectClean(repository);
});

test("several files in conflict are settled together, each under its name", async () => {
	const repository = await Repository.create(start);
	const other = repository.at(repository.cwd, "svc/protected.yaml");
	other.write(start);
	await repository.pprotect(["git-setup"]);
	const { cwd } = repository;
	const both = (value: string) =>
		Promise.all([repository, other].map((one) => set(value, "update-secret", "shared")(one)));
	repository.writeOther(".gitattributes", "protected.yaml merge=pprotect diff=pprotect\n");
	repository.commit("set up");
	repository.git("branch", "feature");
	await both("1");
	repository.commit("ours");
	repository.git("switch", "--quiet", "feature");
	await both("2");
	repository.commit("theirs");
	repository.git("switch", "--quiet", "main");
	expect(repository.tryGit("merge", "feature").exitCode).toBe(1);
	const listed = await pprotect(["resolve", "--list", "--all"], {
		cwd,
		exitCode: 1,
		isFinding: true,
	});
	expect(listed.stdout).toMatch(/^protected\.yaml: .*\nsvc\/protected\.yaml: .*\n$/);
	await pprotect(["resolve", "protected.yaml", "svc/protected.yaml"], {
		cwd,
		input: "o\nt\n",
		notices: /Which one\?.*\n.*\n?.*Which one\?/,
	});
	expect(await valuesOf(repository)).toEqual({ shared: "1" });
	expect(await valuesOf(other)).toEqual({ shared: "2" });
	await pprotect(["check", "--all", "--quiet"], { cwd });
});
