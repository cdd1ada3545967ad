/** How much memory exec takes at its peak, in the KiB that the kernel counts. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { PPROTECT } from "../support/pprotect.ts";
import { createTeam } from "../support/team.ts";
import { copyVector, VECTORS } from "../support/vectors.ts";

setDefaultTimeout(60_000);

/** Forks itself, as the peak that is counted for a child starts with that of who spawned it. */
const SCRIPT = `
import os, sys
pid = os.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(pid, 0)
print(status, usage.ru_maxrss)
`;

const python = Bun.which("python3");
const title =
	python === null || process.platform !== "linux" ? " (skipped: no python3 or linux)" : "";

/** The peak of `pprotect ...args` in MB. */
function peak(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): number {
	const { stdout, stderr } = Bun.spawnSync([python ?? "", "-c", SCRIPT, PPROTECT, ...args], {
		cwd,
		env: { PATH: process.env.PATH, ...env },
	});
	const [status, kibibytes] = stdout.toString().trim().split(" ").map(Number);
	expect(status, stderr.toString()).toBe(0);
	expect(kibibytes).toBeGreaterThan(1024);
	return ((kibibytes ?? 0) * 1024) / 1e6;
}

test.skipIf(title !== "")(`exec with a raw key stays under 80 MB${title}`, async () => {
	const { cwd, alice } = await createTeam();
	expect(peak(["exec", "--domain", "prod", "--", "true"], cwd, alice.env)).toBeLessThan(80);
});

test.skipIf(title !== "").each(["v3-scrypt-hard.yaml", "v0-argon2id-hard.yaml"])(
	`exec with the hard key of %s stays under 400 MB${title}`,
	(vector) => {
		const { user = "", passphrase = "", domains = [] } = VECTORS.get(vector)?.custodians[0] ?? {};
		const env = { PPROTECT_USER: user, PPROTECT_PASSPHRASE: passphrase };
		const args = ["exec", "--domain", domains[0] ?? "", "--", "true"];
		expect(peak(args, copyVector(vector), env)).toBeLessThan(400);
	},
);
