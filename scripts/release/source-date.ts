/** The one date that a release has in it. */
import { ROOT } from "../compile.ts";
import { releaseDate } from "../reference.ts";

/**
 * Seconds since 1970: of the commit that is built, else of the version in the changelog, where the
 * sources are a copy without Git. SOURCE_DATE_EPOCH says another
 * (https://reproducible-builds.org/specs/source-date-epoch/).
 */
export function sourceDate(): number {
	const given = process.env.SOURCE_DATE_EPOCH;
	if (given) return Number(given);
	const git = Bun.spawnSync(["git", "log", "-1", "--format=%ct"], { cwd: ROOT, stderr: "ignore" });
	if (git.exitCode === 0) return Number(git.stdout.toString());
	return Date.parse(releaseDate()) / 1000;
}
