/** How much memory exec takes at its peak. Opens, on the way, the vectors with hard keys. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { PPROTECT } from "../support/pprotect.ts";
import { createTeam } from "../support/team.ts";
import { copyVector, VECTORS } from "../support/vectors.ts";

setDefaultTimeout(60_000);

/**
 * Runs a command and adds a line on standard error: its peak in KiB. It forks, as the peak that
 * the kernel counts for a child starts with that of who spawned it.
 */
const MEASURE = `
import os, sys
pid = os.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
print(usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
`;

const python = process.platform === "linux" ? Bun.which("python3") : null;
const note = python === null ? " (memory not measured: no python3 or linux)" : "";

/** Runs `pprotect exec … -- env -0`. */
function exec(args: readonly string[], cwd: string, credentials: Readonly<Record<string, string>>) {
	const measure = python === null ? [] : [python, "-c", MEASURE];
	const { stdout, stderr, exitCode } = Bun.spawnSync(
		[...measure, PPROTECT, "exec", ...args, "--", "env", "-0"],
		{ cwd, env: { PATH: process.env.PATH, ...credentials } },
	);
	expect(exitCode, stderr.toString()).toBe(0);
	// Behind the warning of a name that no shell can hold.
	const kibibytes = Number(stderr.toString().trim().split("\n").at(-1));
	if (python !== null) expect(kibibytes).toBeGreaterThan(1024);
	return { variables: stdout.toString().split("\0"), megabytes: (kibibytes * 1024) / 1e6 };
}

test(`exec with a raw key stays under 80 MB${note}`, async () => {
	const { cwd, alice } = await createTeam();
	expect(exec(["--domain", "prod"], cwd, alice.env).megabytes).toBeLessThan(80);
});

test.each(["v3-scrypt-hard.yaml", "v0-argon2id-hard.yaml"])(
	`exec with the hard key of %s stays under 400 MB, and hands on the values${note}`,
	(vector) => {
		const { custodians = [], domains = {} } = VECTORS.get(vector) ?? {};
		const [{ user, passphrase, domains: owned } = { user: "", passphrase: "", domains: [] }] =
			custodians;
		const credentials = { PPROTECT_USER: user, PPROTECT_PASSPHRASE: passphrase };
		const domain = owned[0] ?? "";
		const { variables, megabytes } = exec(["--domain", domain], copyVector(vector), credentials);
		expect(megabytes).toBeLessThan(400);
		const values = Object.entries(domains[domain] ?? {});
		expect(values).not.toEqual([]);
		const wanted = values.map(([name, value]) => `${name}=${value}`);
		expect(variables).toEqual(expect.arrayContaining(wanted));
	},
);
