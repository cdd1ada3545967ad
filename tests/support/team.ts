/** A protected file to try things on, with raw keys: no key derivation, so that tests are quick. */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pprotect, scratchFolder } from "./pprotect.ts";

export interface Member {
	readonly user: string;
	readonly passphrase: string;
	/** The environment in which this member acts. */
	readonly env: Readonly<Record<string, string>>;
}

export interface Team {
	readonly cwd: string;
	/** An owner of `prod` and `dev`. */
	readonly alice: Member;
	/** Owns nothing. */
	readonly bob: Member;
}

let template: Promise<Team> | undefined;

/** A folder with a protected file: alice owns `prod` and `dev`, bob is a custodian. */
export async function createTeam(): Promise<Team> {
	// Made once and copied: each command takes a while to start.
	template ??= makeTeam();
	const team = await template;
	const cwd = scratchFolder();
	cpSync(team.cwd, cwd, { recursive: true });
	return { ...team, cwd };
}

async function makeTeam(): Promise<Team> {
	const cwd = scratchFolder();
	const alice = await addMember(cwd, "init", "alice@example.com");
	const bob = await addMember(cwd, "add-key-custodian", "bob@example.com");
	for (const domain of ["prod", "dev"])
		await pprotect(["add-domain", domain], { cwd, env: alice.env });
	return { cwd, alice, bob };
}

/** Makes bob an owner of `prod` too, with these values in it. @returns the text of the file. */
export async function shareProd(
	{ cwd, alice, bob }: Team,
	values: Readonly<Record<string, string>>,
): Promise<string> {
	await pprotect(["add-owner", "prod", bob.user], { cwd, env: alice.env });
	for (const [name, input] of Object.entries(values)) {
		await pprotect(["add-secret", "prod", name, "--value-file", "-"], { cwd, input });
	}
	return readProtectedText(cwd);
}

/** Adds a custodian with a raw key to `file`, by `init` or `add-key-custodian`. */
export async function addMember(
	cwd: string,
	command: "init" | "add-key-custodian",
	user: string,
	file = "protected.yaml",
): Promise<Member> {
	const keyFile = join(cwd, `${user}.key`);
	const key = ["--key-type", "raw", "--save-passphrase", keyFile];
	await pprotect([command, "--file", file, "--user", user, ...key], { cwd });
	const passphrase = readFileSync(keyFile, "utf8").trim();
	return { user, passphrase, env: { PPROTECT_USER: user, PPROTECT_PASSPHRASE: passphrase } };
}

/** The text of the protected file. */
export function readProtectedText(cwd: string): string {
	return readFileSync(join(cwd, "protected.yaml"), "utf8");
}
