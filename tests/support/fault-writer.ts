/**
 * A program that writes as pprotect does, for tests that kill it, cut off its disk or run many
 * of it. Usage: bun fault-writer.ts VERB PATH [TEXT]; tells what happened in lines of JSON.
 */
import { renameSync, writeFileSync, writeSync } from "node:fs";
import { ProtectError } from "../../src/errors.ts";
import { withLock } from "../../src/system/store/lock.ts";
import { create, load, type Snapshot, update } from "../../src/system/store/store.ts";

/** What the writer prints, a line each. */
export interface Report {
	readonly state?: "ready" | "written" | "unchanged" | "locked" | "alive";
	readonly error?: string;
	readonly hint?: string | undefined;
}

const [verb, path = "", text = ""] = process.argv.slice(2);

/** Far more than a writer that is to be killed gets to. */
const TOGGLES = 50;
const FAST_TURNS = 1_000_000;

function tell(report: Report): void {
	writeSync(1, `${JSON.stringify(report)}\n`);
}

function append(current: Snapshot): Uint8Array {
	return Buffer.concat([current.bytes, Buffer.from(text)]);
}

/** Turns a file of one letter into a file of as many of the other. */
function toggle(current: Snapshot): Uint8Array {
	const letter = current.bytes[0] === 0x61 ? 0x62 : 0x61;
	return new Uint8Array(current.bytes.length).fill(letter);
}

async function run(): Promise<void> {
	switch (verb) {
		case "load":
			load(path);
			return tell({ state: "ready" });
		case "append":
			return tell({ state: (await update(path, append)) ? "written" : "unchanged" });
		case "create":
			await create(path, Buffer.from(text));
			return tell({ state: "written" });
		case "toggle":
			for (let turn = 0; turn < TOGGLES; turn++) {
				tell({ state: "ready" });
				await update(path, toggle);
			}
			return;
		case "replace-fast":
			tell({ state: "ready" });
			for (let turn = 0; turn < FAST_TURNS; turn++) {
				writeFileSync(`${path}~`, text);
				renameSync(`${path}~`, path);
			}
			return;
		case "hold":
			return withLock(path, () => {
				tell({ state: "locked" });
				return new Promise<void>(() => setInterval(() => {}, 1 << 30));
			});
		case "append-then-hang-up":
			await update(path, append);
			process.kill(process.pid, "SIGHUP");
			return tell({ state: "alive" });
		default:
			throw new Error(`unknown verb ${verb}`);
	}
}

try {
	await run();
} catch (error) {
	if (!(error instanceof ProtectError)) throw error;
	tell({ error: error.message, hint: error.hint });
	process.exitCode = 1;
}
