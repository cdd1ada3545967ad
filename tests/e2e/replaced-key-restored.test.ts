/** Keys that were put right again: nothing that is said then leads back to the key of a stranger. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { generateKeyPair, type KeyPair } from "../../src/crypto/x25519.ts";
import { garbageBox, swapCustodianKey, swapPublicKey, withDomain } from "../support/attacks.ts";
import { Repository } from "../support/git-repository.ts";
import { createTeam, shareProd, type Team } from "../support/team.ts";

setDefaultTimeout(60_000);

let team: Team;
let start: string;

beforeAll(async () => {
	team = await createTeam();
	start = await shareProd(team, { token: "1" });
});

const evil = generateKeyPair();
const swaps: [string, (text: string, key?: KeyPair) => string][] = [
	["a domain's", (text, key = evil) => swapPublicKey(text, "prod", key)],
	["a custodian's", (text, key = evil) => swapCustodianKey(text, team.bob.user, key)],
];

interface Found {
	readonly code: string;
	readonly level: string;
	readonly todo: string;
}

async function check(repository: Repository, exitCode: 0 | 1): Promise<Found[]> {
	const options = { exitCode, isFinding: exitCode === 1, notices: /.*/ };
	return JSON.parse((await repository.pprotect(["check", "--json"], options)).stdout);
}

const codes = (found: readonly Found[]) => found.map(({ code }) => code);

const replaced = (found: readonly Found[]) => found.find(({ code }) => code === "replaced-key");

function head(repository: Repository, revision = "HEAD"): string {
	return repository.git("rev-parse", revision).slice(0, 10);
}

describe.each(swaps)("%s key", (_, swap) => {
	test("that is put back is no replaced one, before the commit and after", async () => {
		const repository = await Repository.create(start);
		const good = head(repository);
		repository.write(swap(start));
		expect(replaced(await check(repository, 1))?.todo).toContain("HEAD");
		repository.commit("swapped");
		expect(replaced(await check(repository, 1))?.todo).toContain(good);
		repository.write(start);
		expect(codes(await check(repository, 0))).not.toContain("replaced-key");
		repository.commit("put right");
		expect(codes(await check(repository, 0))).not.toContain("replaced-key");
		const grant = ["add-owner", "dev", team.bob.user];
		await repository.pprotect(grant, { env: team.alice.env, notices: /.*/ });
		repository.write(swap(start));
		repository.commit("swapped again");
		expect(replaced(await check(repository, 1))?.todo).toContain(head(repository, "HEAD^"));
	});

	test("that a merge leaves out is not what to restore", async () => {
		const repository = await Repository.create(start);
		repository.git("switch", "--quiet", "--create", "feature");
		repository.write(swap(start));
		repository.commit("swapped");
		repository.git("switch", "--quiet", "main");
		await repository.secret("add-secret", "dev", "other");
		repository.commit("other");
		const ours = repository.read();
		repository.git("merge", "--quiet", "--no-commit", "--no-ff", "feature");
		expect(replaced(await check(repository, 1))?.todo).toContain("HEAD");
		repository.write(ours);
		expect(await check(repository, 0)).toEqual(await quiet(ours));
		repository.commit("merged without it");
		expect(await check(repository, 0)).toEqual(await quiet(ours));
	});

	test("of a stash or a picked commit is not what to restore", async () => {
		const repository = await Repository.create(start);
		await repository.secret("add-secret", "dev", "other");
		const other = repository.read();
		repository.commit("other");
		repository.write(swap(other));
		repository.git("stash", "--quiet");
		expect(await check(repository, 0)).toEqual(await quiet(other));
	});

	test("that was replaced twice is restored from before both", async () => {
		const repository = await Repository.create(start);
		const good = head(repository);
		repository.write(swap(start));
		repository.commit("swapped");
		repository.write(swap(start, generateKeyPair()));
		repository.commit("swapped again");
		expect(replaced(await check(repository, 1))?.todo).toContain(`from ${good}`);
	});

	test("is told of though a forged history shows it as the older one", async () => {
		const repository = await Repository.create(start);
		repository.git("checkout", "--quiet", "--orphan", "forged");
		repository.write(swap(start));
		repository.git("add", "--all");
		repository.git("commit", "--quiet", "--date=2001-01-01T00:00:00Z", "--message", "older");
		repository.write(start);
		repository.commit("then this");
		repository.write(swap(start));
		repository.commit("and back");
		repository.git("switch", "--quiet", "main");
		const unrelated = ["--allow-unrelated-histories", "--strategy-option=theirs"];
		repository.git("merge", "--quiet", "--no-edit", ...unrelated, "forged");
		expect(repository.read()).toBe(swap(start));
		expect(replaced(await check(repository, 1))).toMatchObject({ level: "problem" });
	});
});

test("a replaced key is told of though it was put back beside entries that nobody sealed", async () => {
	const repository = await Repository.create(start);
	const swapped = swapPublicKey(start, "prod", evil);
	const entries = (text: string) =>
		withDomain(text, "prod", ({ owners }) => ({
			owners: new Map([...owners.keys()].map((owner) => [owner, garbageBox(32)])),
		}));
	const hidden = entries(swapped);
	const [, publicKey = ""] = /public-key: (\S+)/.exec(start.slice(start.indexOf("prod:"))) ?? [];
	const [, foreignKey = ""] = /public-key: (\S+)/.exec(hidden.slice(hidden.indexOf("prod:"))) ?? [];
	for (const text of [swapped, hidden, hidden.replace(foreignKey, publicKey), hidden]) {
		repository.write(text);
		repository.commit("one more");
	}
	expect(codes(await check(repository, 1))).toContain("replaced-key");
});

/** What is said of a file without a past. */
async function quiet(text: string): Promise<Found[]> {
	return check(await Repository.create(text), 0);
}
