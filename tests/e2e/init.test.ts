import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asks, pprotect, scratchFolder } from "../support/pprotect.ts";
import { auditTexts, readPlain, stateOf } from "../support/protected-file.ts";
import { createTeam } from "../support/team.ts";

setDefaultTimeout(30_000);

const QUESTIONS = ["Adding new key custodian.", "User email: "] as const;
const PASSPHRASE_QUESTIONS = [...QUESTIONS, "Passphrase: ", "Retype passphrase: "] as const;

function passphraseFile(cwd: string, passphrase: string, name = "pass.txt"): string {
	writeFileSync(join(cwd, name), passphrase, { mode: 0o600 });
	return name;
}

test("init asks for an email and twice for a passphrase, and creates a file with that custodian", async () => {
	const cwd = scratchFolder();
	const { stdout } = await pprotect(["init", "--key-type", "fast"], {
		cwd,
		input: "alice@example.com\nopen sesame\nopen sesame\n",
		notices: asks(...PASSPHRASE_QUESTIONS),
	});
	expect(stdout).toBe("");
	expect([...readPlain(cwd).custodians.keys()]).toEqual(["alice@example.com"]);
	expect(auditTexts(cwd)).toEqual(["created", "created key custodian alice@example.com"]);
	await pprotect(["list-user-secrets"], {
		cwd,
		env: { PPROTECT_USER: "alice@example.com", PPROTECT_PASSPHRASE: "open sesame" },
		notices: asks("User alice@example.com does not own any domains."),
	});
});

const scrypt = (log2N: number) => Buffer.from([3, log2N, 8, 1]);
const argon2id = (opslimit: number, memlimit: number) => {
	const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0]);
	header.writeUInt32LE(opslimit, 1);
	header.writeUInt32LE(memlimit, 5);
	return header;
};

test.each([
	{ args: [], header: scrypt(18), length: 52 },
	{ args: ["--key-type", "hard", "--kdf", "argon2id"], header: Buffer.from([0]), length: 41 },
	{ args: ["--key-type", "fast", "--kdf", "scrypt"], header: scrypt(16), length: 52 },
	{
		args: ["--key-type", "fast", "--kdf", "argon2id"],
		header: argon2id(2, 64 * 1024 * 1024),
		length: 49,
	},
])("init runs unattended, and $args decides what is stored", async ({ args, header, length }) => {
	const cwd = scratchFolder();
	const file = passphraseFile(cwd, "open sesame\n");
	await pprotect(["init", "--user", "a@b", "--passphrase-file", file, ...args], { cwd });
	const pwdkm = readPlain(cwd).custodians.get("a@b");
	expect(pwdkm?.length).toBe(length);
	expect(pwdkm?.subarray(0, header.length)).toEqual(header);
});

test("init with a raw key and --save-passphrase writes the key to a new file of its owner's", async () => {
	const cwd = scratchFolder();
	const args = ["init", "--user", "ci", "--key-type", "raw", "--save-passphrase", "ci.key"];
	expect((await pprotect(args, { cwd })).stdout).toBe("");
	const key = stateOf(cwd, "ci.key");
	expect(key.text).toMatch(/^P[0-9a-f]{64}P\n$/);
	expect(key.mode & 0o777n).toBe(0o600n);
	expect(readPlain(cwd).custodians.get("ci")?.[0]).toBe(2);
	expect(auditTexts(cwd)).toEqual(["created", "created raw-key custodian ci"]);
	await pprotect(["list-user-secrets", "--user", "ci", "--passphrase-file", "ci.key"], {
		cwd,
		notices: asks("User ci does not own any domains."),
	});
});

test("--save-passphrase never overwrites, and then nothing is created", async () => {
	const cwd = scratchFolder();
	writeFileSync(join(cwd, "ci.key"), "precious");
	const before = stateOf(cwd, "ci.key");
	const args = ["init", "--user", "ci", "--key-type", "raw", "--save-passphrase", "ci.key"];
	const { stderr } = await pprotect(args, { cwd, exitCode: 1 });
	expect(stderr).toContain("ci.key exists already");
	expect(stateOf(cwd, "ci.key")).toEqual(before);
	expect(existsSync(join(cwd, "protected.yaml"))).toBe(false);
});

test("a key file is removed again where the protected file could not be made", async () => {
	const cwd = scratchFolder();
	const args = ["init", "--user", "ci", "--key-type", "raw", "--save-passphrase", "ci.key"];
	await pprotect([...args, "--file", "no/such/folder/protected.yaml"], { cwd, exitCode: 1 });
	expect(existsSync(join(cwd, "ci.key"))).toBe(false);
});

test("a key file is removed again where the change is then declined", async () => {
	const cwd = scratchFolder();
	const args = ["init", "--user", "ci", "--key-type", "raw", "--save-passphrase", "ci.key"];
	const { stderr } = await pprotect([...args, "--confirm"], {
		cwd,
		input: "n\n",
		notices: /Write changes\? \[y\/N\] \nAborting\n$/,
	});
	expect(stderr).toContain("+key-custodians:");
	expect(existsSync(join(cwd, "ci.key"))).toBe(false);
	expect(existsSync(join(cwd, "protected.yaml"))).toBe(false);
});

test("a raw key is shown once, and YES puts its custodian into the file", async () => {
	const cwd = scratchFolder();
	const { stdout } = await pprotect(["init", "--key-type", "raw"], {
		cwd,
		input: "ci@example.com\nYES\n",
		notices: asks(...QUESTIONS, "Have you saved the key? Type YES to confirm: "),
	});
	const [passphrase = "", ...more] = stdout.match(/P[0-9a-f]{64}P/g) ?? [];
	expect(more).toEqual([]);
	await pprotect(["list-user-secrets"], {
		cwd,
		env: { PPROTECT_USER: "ci@example.com", PPROTECT_PASSPHRASE: passphrase },
		notices: /does not own any domains/,
	});
});

test.each(["yes", "no", "", "Y", "YES please"])(
	"a raw key that %p answers is not acknowledged: nothing is created",
	async (answer) => {
		const cwd = scratchFolder();
		await pprotect(["init", "--user", "ci", "--key-type", "raw"], {
			cwd,
			input: `${answer}\n`,
			notices: /Type YES to confirm: \nAborting\n$/,
		});
		expect(existsSync(join(cwd, "protected.yaml"))).toBe(false);
	},
);

test("--yes acknowledges the key that is shown", async () => {
	const cwd = scratchFolder();
	const { stdout } = await pprotect(["init", "--user", "ci", "--key-type", "raw", "--yes"], {
		cwd,
	});
	expect(stdout).toMatch(/P[0-9a-f]{64}P/);
	expect(readPlain(cwd).custodians.get("ci")?.[0]).toBe(2);
});

test.each([
	{ what: "email", keyType: "hard", input: "" },
	{ what: "passphrase", keyType: "hard", input: "a@b\n" },
	{ what: "retyping", keyType: "hard", input: "a@b\nsecret-words\n" },
	{ what: "YES", keyType: "raw", input: "a@b\n" },
])("input that ends at the $what is exit 1 and leaves no file", async ({ keyType, input }) => {
	const cwd = scratchFolder();
	const { stderr } = await pprotect(["init", "--key-type", keyType], {
		cwd,
		input,
		exitCode: 1,
		mayPrintBeforeFailing: keyType === "raw",
	});
	expect(stderr).toContain("pprotect: error: the input ended at ");
	expect(stderr).not.toContain("secret-words");
	expect(existsSync(join(cwd, "protected.yaml"))).toBe(false);
});

test("a passphrase that is retyped differently: did not match, exit 1, no file", async () => {
	const cwd = scratchFolder();
	const { stderr } = await pprotect(["init"], {
		cwd,
		input: "a@b\nsecret-one\nsecret-two\n",
		exitCode: 1,
	});
	expect(stderr).toContain("did not match");
	expect(stderr).not.toMatch(/secret-(one|two)/);
	expect(existsSync(join(cwd, "protected.yaml"))).toBe(false);
});

test.each([
	{ user: "", words: "is empty" },
	{ user: " a@b", words: "starts or ends with a space" },
	{ user: "a\tb", words: "control character" },
])("the user email $user is refused before a passphrase is asked for", async ({ user, words }) => {
	const cwd = scratchFolder();
	const { stderr } = await pprotect(["init", "--user", user], { cwd, exitCode: 1 });
	expect(stderr).toContain(words);
	expect(stderr).not.toContain("Passphrase");
	expect(existsSync(join(cwd, "protected.yaml"))).toBe(false);
});

test("an existing file is exit 2 before anything is asked, and stays as it was", async () => {
	const { cwd } = await createTeam();
	const before = stateOf(cwd);
	const { stderr } = await pprotect(["init"], {
		cwd,
		input: "a@b\npass\npass\n",
		exitCode: 2,
	});
	expect(stderr).toBe("pprotect: error: Protected file already exists: protected.yaml\n");
	expect(stateOf(cwd)).toEqual(before);
});

test("anything under the file's name is left alone: an empty file, a folder, a broken link", async () => {
	const cwd = scratchFolder();
	writeFileSync(join(cwd, "empty.yaml"), "");
	mkdirSync(join(cwd, "folder"));
	symlinkSync("nowhere", join(cwd, "link"));
	for (const name of ["empty.yaml", "folder", "link"]) {
		const { stderr } = await pprotect(["init", "--file", name], { cwd, exitCode: 2 });
		expect(stderr).toContain(`already exists: ${name}`);
	}
	expect(stateOf(cwd, "empty.yaml").text).toBe("");
	expect(existsSync(join(cwd, "nowhere"))).toBe(false);
});

test("a place where no file can be made is an error that names it", async () => {
	const cwd = scratchFolder();
	writeFileSync(join(cwd, "plain"), "");
	const args = ["init", "--user", "ci", "--key-type", "raw", "--yes", "--file", "plain/x.yaml"];
	const { stderr } = await pprotect(args, { cwd, exitCode: 1, mayPrintBeforeFailing: true });
	expect(stderr).toContain("plain/x.yaml: a part of the path is not a folder");
});

test("--file takes any path, and a protected file above is not searched for outside of Git", async () => {
	const { cwd } = await createTeam();
	const child = join(cwd, "child");
	mkdirSync(child);
	const { stderr } = await pprotect(["list-domains"], { cwd: child, exitCode: 2 });
	expect(stderr).toContain(`Protected file not found: ${join(child, "protected.yaml")}`);
	for (const path of ["../protected.yaml", join(cwd, "protected.yaml")]) {
		const { stdout } = await pprotect(["list-domains", "--file", path], { cwd: child });
		expect(stdout).toBe("dev\nprod\n");
	}
	const key = ["--key-type", "raw", "--save-passphrase", "k"];
	await pprotect(["init", "--user", "x", ...key, "--file", "ünï code.yaml"], { cwd: child });
	expect([...readPlain(child, "ünï code.yaml").custodians.keys()]).toEqual(["x"]);
});

test("options that contradict each other are exit 2, and nothing is created", async () => {
	const cwd = scratchFolder();
	for (const args of [
		["--key-type", "raw", "--kdf", "scrypt"],
		["--save-passphrase", "x"],
	]) {
		await pprotect(["init", "--user", "a", ...args], { cwd, exitCode: 2 });
	}
	for (const args of [
		["--key-type", "odd"],
		["--kdf", "bcrypt"],
	]) {
		const { stderr } = await pprotect(["init", "--user", "a", ...args], {
			cwd,
			input: "p\np\n",
			exitCode: 1,
		});
		expect(stderr).toContain(`${args[0]} must be one of: `);
	}
	expect(existsSync(join(cwd, "protected.yaml"))).toBe(false);
});
