/** How long fuzzing goes on, and which seeds it tries. */

/** For all fuzz tests together; longer on demand (`bun run fuzz`). */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 60);
const FIRST_SEED = Number(process.env.FUZZ_SEED ?? 1);

/** Milliseconds that a share of the time may take, for the time limit of a test. */
export function timeLimit(share: number): number {
	return SECONDS * share * 1000 + 60_000;
}

/**
 * Runs `attempt` with one seed after the other for a share (up to 1) of the time.
 *
 * @throws Error that names the seed of an attempt which failed.
 */
export function fuzz(share: number, attempt: (seed: number) => void): void {
	const end = performance.now() + SECONDS * share * 1000;
	for (let seed = FIRST_SEED; seed === FIRST_SEED || performance.now() < end; seed++) {
		try {
			attempt(seed);
		} catch (error) {
			const message = error instanceof Error ? error.message : String(error);
			throw new Error(`with FUZZ_SEED=${seed}: ${message}`, { cause: error });
		}
	}
}
