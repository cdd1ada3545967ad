/** What is left of a file when writers are killed, and when the disk refuses. */
import { describe, expect, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ENDING_SIGNAL_NAMES } from "../../../../src/system/signals/ending.ts";
import { update } from "../../../../src/system/store/store.ts";
import {
	lackOf,
	lackOfInjection,
	lackOfMounts,
	lackOfUnprivileged,
	report,
	scratchFile,
	scratchFolder,
	start,
	testUnless,
	textOf,
	unprivileged,
	withFault,
	withMounts,
	writerCommand,
} from "../../../support/fault.ts";

const NAME = "protected.yaml";

/** Long enough for the writing itself to take a while. */
const LENGTH = 400_000;

/** Busy for a random part of the time that one write takes: a pause that no timer rounds. */
function spin(): void {
	const end = performance.now() + Math.random() * 4;
	while (performance.now() < end);
}

/** Kills `kills` writers at random moments, by the `signals` in turn; calls `check` after each. */
async function killWriters(
	path: string,
	kills: number,
	signals: readonly NodeJS.Signals[],
	check: () => void,
): Promise<void> {
	for (let kill = 0; kill < kills; kill++) {
		await using writer = start(writerCommand("toggle", path));
		for (let turn = 0; turn <= kill % 3; turn++) await writer.next();
		spin();
		writer.kill(signals[kill % signals.length] ?? "SIGKILL");
		await writer.ended;
		check();
	}
}

/** One of the two letters, all through. */
function expectWhole(path: string): void {
	const bytes = readFileSync(path);
	expect(bytes.length).toBe(LENGTH);
	expect(new Set(bytes).size).toBe(1);
}

describe("a writer killed at any moment", () => {
	test("by SIGKILL leaves the old file or the new, and the next run tidies up", async () => {
		using file = scratchFile("a".repeat(LENGTH));
		await killWriters(file.path, 200, ["SIGKILL"], () => expectWhole(file.path));
		await update(file.path, ({ bytes }) => bytes.subarray(1), { timeoutMs: 0 });
		expect(readdirSync(file.folder)).toEqual([NAME]);
	}, 120_000);

	test("by a signal that asks it to end leaves no temporary file either", async () => {
		using file = scratchFile("a".repeat(LENGTH));
		await killWriters(file.path, 60, ENDING_SIGNAL_NAMES, () => {
			expectWhole(file.path);
			expect(readdirSync(file.folder)).toEqual([NAME]);
		});
	}, 120_000);

	for (const signal of ENDING_SIGNAL_NAMES) {
		testUnless(lackOfInjection())(
			`by ${signal} while it syncs ends its write, then dies`,
			async () => {
				using file = scratchFile();
				const append = writerCommand("append", file.path, "new\n");
				await using writer = start(withFault(`fsync:signal=${signal}:when=1`, append));
				expect(await writer.next()).toBeUndefined();
				expect(await writer.ended).toBe(signal);
				expect(textOf(file.path)).toBe("old\nnew\n");
				expect(readdirSync(file.folder)).toEqual([NAME]);
			},
		);
	}

	test("ignores SIGHUP before and after a write where it was started so", () => {
		using file = scratchFile();
		const append = writerCommand("append-then-hang-up", file.path, "new\n");
		const nohup = ["sh", "-c", `trap "" HUP; exec "$@"`, "sh", ...append];
		expect(report(nohup)).toEqual({ state: "alive" });
	});
});

describe("a writer killed", () => {
	const moments = [
		["before the temporary file is synced", "fsync:signal=SIGKILL:when=1", "old\n"],
		["after the replacement", "fsync:signal=SIGKILL:when=2", "old\nnew\n"],
	] as const;
	for (const [moment, fault, text] of moments) {
		testUnless(lackOfInjection())(`${moment} leaves a whole file`, async () => {
			using file = scratchFile();
			await using writer = start(withFault(fault, writerCommand("append", file.path, "new\n")));
			expect(await writer.ended).toBe("SIGKILL");
			expect(textOf(file.path)).toBe(text);
			await update(file.path, () => Buffer.from("next\n"), { timeoutMs: 0 });
			expect(readdirSync(file.folder)).toEqual([NAME]);
		});
	}
});

describe("a disk that refuses", () => {
	const refusals = [
		[
			"to sync the file",
			"fsync:error=EIO:when=1",
			"the disk reports an input/output error",
			"is unchanged",
			"old\n",
		],
		[
			"to have space for it",
			"fsync:error=ENOSPC:when=1",
			"no space is left on the disk",
			"is unchanged",
			"old\n",
		],
		[
			"to rename",
			"?rename,?renameat,?renameat2:error=EIO",
			"the disk reports an input/output error",
			"is unchanged",
			"old\n",
		],
		[
			"to sync the folder",
			"fsync:error=EIO:when=2",
			"the disk reports an input/output error",
			"holds the whole change",
			"old\nnew\n",
		],
	] as const;
	for (const [what, fault, why, state, text] of refusals) {
		testUnless(lackOfInjection())(`${what} leaves a whole file, and the error says which`, () => {
			using file = scratchFile();
			const { error } = report(withFault(fault, writerCommand("append", file.path, "new\n")));
			expect(error).toBe(`cannot write ${file.path}: ${why}; ${file.path} ${state}`);
			expect(textOf(file.path)).toBe(text);
			expect(readdirSync(file.folder)).toEqual([NAME]);
		});
	}

	const harmless = [
		["permissions", "fchmod:error=EPERM"],
		["folders to be synced", "fsync:error=EINVAL:when=2"],
	] as const;
	for (const [what, fault] of harmless) {
		testUnless(lackOfInjection())(`${what} is written to all the same`, () => {
			using file = scratchFile();
			const append = writerCommand("append", file.path, "new\n");
			expect(report(withFault(fault, append))).toEqual({ state: "written" });
			expect(textOf(file.path)).toBe("old\nnew\n");
		});
	}

	testUnless(lackOfInjection())("to sync a new file leaves none", () => {
		using folder = scratchFolder();
		const path = join(folder.path, NAME);
		const create = writerCommand("create", path, "new\n");
		expect(report(withFault("fsync:error=EIO:when=1", create)).error).toBe(
			`cannot write ${path}: the disk reports an input/output error; ${path} was not created`,
		);
		expect(readdirSync(folder.path)).toEqual([]);
	});

	testUnless(lackOfInjection())("hard links has files created on it all the same", () => {
		using folder = scratchFolder();
		const path = join(folder.path, NAME);
		const create = writerCommand("create", path, "new\n");
		const linkless = withFault("?link,?linkat:error=EPERM", create);
		expect(report(linkless)).toEqual({ state: "written" });
		expect(textOf(path)).toBe("new\n");
		expect(readdirSync(folder.path)).toEqual([NAME]);
	});

	testUnless(lackOfInjection())("hard links and renames leaves no empty file", () => {
		using folder = scratchFolder();
		const path = join(folder.path, NAME);
		const create = writerCommand("create", path, "new\n");
		const fault = "?link,?linkat,?rename,?renameat,?renameat2:error=EPERM";
		expect(report(withFault(fault, create)).error).toEndWith(`${path} was not created`);
		expect(readdirSync(folder.path)).toEqual([]);
	});

	testUnless(lackOf("sh"))("a file of that size leaves the old one", () => {
		using file = scratchFile("a".repeat(LENGTH));
		const limited = ["sh", "-c", `ulimit -f 100; exec "$@"`, "sh"];
		const { error } = report([...limited, ...writerCommand("append", file.path, "new\n")]);
		expect(error).toBe(
			`cannot write ${file.path}: the file size limit is reached; ${file.path} is unchanged`,
		);
		expectWhole(file.path);
		expect(readdirSync(file.folder)).toEqual([NAME]);
	});

	testUnless(lackOfMounts())("more bytes, being full, leaves the old file", () => {
		using file = scratchFile("a".repeat(LENGTH));
		using after = scratchFolder();
		const script = `set -e
			cp ${file.path} ${after.path}
			mount -t tmpfs -o size=600k none ${file.folder}
			cp ${after.path}/${NAME} ${file.folder}
			"$@" || true
			rm ${after.path}/${NAME}
			cp -a ${file.folder}/. ${after.path}`;
		const written = report(withMounts(script, writerCommand("append", file.path, "new\n")));
		expect(written).toEqual({
			error: `cannot write ${file.path}: no space is left on the disk; ${file.path} is unchanged`,
			hint: "free some space and try again",
		});
		expectWhole(join(after.path, NAME));
		expect(readdirSync(after.path)).toEqual([NAME]);
	});

	for (const [verb, state] of [
		["append", "is unchanged"],
		["create", "was not created"],
	] as const) {
		testUnless(lackOfMounts())(`all writing, being read-only, says so (${verb})`, () => {
			using folder = scratchFolder();
			const path = join(folder.path, verb === "create" ? "another.yaml" : NAME);
			const script = `set -e
				mount -t tmpfs none ${folder.path}
				echo old > ${folder.path}/${NAME}
				mount -o remount,ro ${folder.path}
				exec "$@"`;
			const { error } = report(withMounts(script, writerCommand(verb, path, "new\n")));
			expect(error).toBe(`cannot write ${path}: the file system is read-only; ${path} ${state}`);
		});
	}

	testUnless(lackOfMounts())("to replace a file mounted by itself says what to mount", () => {
		using file = scratchFile();
		const script = `mount --bind ${file.path} ${file.path} && exec "$@"`;
		const written = report(withMounts(script, writerCommand("append", file.path, "new\n")));
		expect(written.error).toEndWith(`a mount of its own; ${file.path} is unchanged`);
		expect(written.hint).toEndWith("mount its folder");
		expect(textOf(file.path)).toBe("old\n");
		expect(readdirSync(file.folder)).toEqual([NAME]);
	});
});

describe("permissions", () => {
	const permitted = testUnless(lackOfUnprivileged());

	permitted("of the folder that forbid writing leave the file as it is", () => {
		using file = scratchFile();
		chmodSync(file.folder, 0o555);
		const { error } = report(unprivileged(writerCommand("append", file.path, "new\n")));
		chmodSync(file.folder, 0o755);
		expect(error).toBe(`cannot write ${file.path}: permission denied; ${file.path} is unchanged`);
		expect(textOf(file.path)).toBe("old\n");
	});

	permitted("of the file that forbid writing are respected", () => {
		using file = scratchFile();
		chmodSync(file.path, 0o444);
		const { error } = report(unprivileged(writerCommand("append", file.path, "new\n")));
		expect(error).toBe(`cannot write ${file.path}: permission denied; ${file.path} is unchanged`);
		expect(statSync(file.path).mode & 0o777).toBe(0o444);
	});

	permitted("of the folder that forbid a new file leave none", () => {
		using folder = scratchFolder();
		const path = join(folder.path, NAME);
		chmodSync(folder.path, 0o555);
		const { error } = report(unprivileged(writerCommand("create", path, "new\n")));
		expect(error).toBe(`cannot write ${path}: permission denied; ${path} was not created`);
	});
});
