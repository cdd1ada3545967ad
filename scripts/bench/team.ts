/** What comparing and merging two branches costs, and that it grows no faster than the file. */
import { KeyFile } from "../../src/model/key-file.ts";
import { compareVersions } from "../../src/team/compare.ts";
import { mergeFiles } from "../../src/team/merge-files.ts";
import { protectedText } from "./protected-texts.ts";
import type { Row } from "./table.ts";
import { timed } from "./timed.ts";

const RUNS = 3;
const LOG_ENTRIES_PER_SECRET = 10;
const LOG_ENTRY = "- 2026-11-21T17:50:49Z -- updated secret secret_00000 in prod\n";

/** Two branches that each added a secret; the ratio is to the row of half the size. */
export async function teamRows(): Promise<Row[]> {
	const rows: Row[] = [];
	const above = new Map<string, number>();
	for (const secrets of [2_500, 5_000, 10_000]) {
		const entries = secrets * LOG_ENTRIES_PER_SECRET;
		const text = (await protectedText(secrets)).text + LOG_ENTRY.repeat(entries - secrets);
		const base = KeyFile.parse(text);
		const ours = base.addSecret("prod", "on_our_branch", "value");
		const theirs = base.addSecret("prod", "on_their_branch", "value");
		const files = {
			...{ base: base.encode(), ours: ours.encode(), theirs: theirs.encode() },
			...{ path: "protected.yaml", names: { ours: "ours", theirs: "theirs" }, markerSize: 7 },
		};
		for (const [what, action] of [
			["merge", () => mergeFiles(files)],
			["diff", () => compareVersions(base.data, theirs.data)],
		] as const) {
			const ms = await timed(RUNS, action);
			const before = above.get(what);
			const size = `${secrets.toLocaleString("en")} secrets, ${entries.toLocaleString("en")} entries`;
			rows.push({
				what: `${what}: ${size}`,
				ms,
				...(before !== undefined && { ratio: ms / before }),
			});
			above.set(what, ms);
		}
	}
	return rows;
}
