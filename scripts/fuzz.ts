/**
 * `bun run fuzz`: the fuzz tests, for longer and from another seed than in the test run.
 * FUZZ_SECONDS says for how long (600 unless given), FUZZ_SEED from where; a failure names its seed.
 */
import { ROOT } from "./compile.ts";

const { FUZZ_SECONDS = "600", FUZZ_SEED = String(Math.floor(Math.random() * 2 ** 31)) } =
	process.env;

console.log(`fuzzing for ${FUZZ_SECONDS} seconds from FUZZ_SEED=${FUZZ_SEED}`);
const { exitCode } = Bun.spawnSync([process.execPath, "test", "tests/fuzz"], {
	cwd: ROOT,
	env: { ...process.env, FUZZ_SECONDS, FUZZ_SEED },
	stdio: ["ignore", "inherit", "inherit"],
});
process.exitCode = exitCode;
