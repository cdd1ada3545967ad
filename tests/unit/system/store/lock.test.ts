import { describe, expect, test } from "bun:test";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "../../../../src/system/store/lock.ts";
import {
	lackOfInjection,
	report,
	scratchFolder,
	start,
	testUnless,
	textOf,
	withFault,
	writerCommand,
} from "../../../support/fault.ts";

const onLinux = process.platform === "linux" ? undefined : "only linux tells a lock's holder";
/** One try, no waiting. */
const AT_ONCE = { timeoutMs: 0 };

describe("the lock", () => {
	test("is held by one action at a time", async () => {
		using folder = scratchFolder();
		let holders = 0;
		let most = 0;
		const action = async () => {
			most = Math.max(most, ++holders);
			await new Promise((resolve) => setImmediate(resolve));
			holders--;
		};
		const path = join(folder.path, "file");
		await Promise.all(Array.from({ length: 10 }, () => withLock(path, action)));
		expect(most).toBe(1);
	});

	test("gives back what the action returns, and is free after one that throws", async () => {
		using folder = scratchFolder();
		const path = join(folder.path, "file");
		const failing = withLock(path, () => {
			throw new RangeError("from within");
		});
		await expect(failing).rejects.toThrow("from within");
		expect(await withLock(path, () => 7)).toBe(7);
	});

	test("leaves nothing in the folder, held or freed", async () => {
		using folder = scratchFolder();
		const held = await withLock(join(folder.path, "file"), () => readdirSync(folder.path));
		expect(held).toEqual([]);
		expect(readdirSync(folder.path)).toEqual([]);
	});

	test("is waited for no longer than asked", async () => {
		using folder = scratchFolder();
		const path = join(folder.path, "file");
		await using holder = start(writerCommand("hold", path));
		expect(await holder.next()).toEqual({ state: "locked" });
		const began = performance.now();
		const waiting = withLock(path, () => "entered", { timeoutMs: 100 });
		await expect(waiting).rejects.toThrow(/locked for 0\.1 seconds; nothing was written$/);
		expect(performance.now() - began).toBeGreaterThanOrEqual(100);
	});

	testUnless(onLinux)("is said to be held by the process that holds it", async () => {
		using one = scratchFolder();
		using other = scratchFolder();
		await using oneHolder = start(writerCommand("hold", join(one.path, "file")));
		await using otherHolder = start(writerCommand("hold", join(other.path, "file")));
		const places = [
			[one.path, oneHolder],
			[other.path, otherHolder],
		] as const;
		for (const [, holder] of places) await holder.next();
		for (const [folder, holder] of places) {
			const trying = withLock(join(folder, "file"), () => "entered", AT_ONCE);
			await expect(trying).rejects.toThrow(`process ${holder.pid} (`);
		}
	});

	test("is freed by the death of its holder", async () => {
		using folder = scratchFolder();
		const path = join(folder.path, "file");
		await using holder = start(writerCommand("hold", path));
		await holder.next();
		holder.kill("SIGKILL");
		expect(await holder.ended).toBe("SIGKILL");
		expect(await withLock(path, () => "entered", AT_ONCE)).toBe("entered");
	});

	test("is not kept by a program started under it", async () => {
		using folder = scratchFolder();
		using elsewhere = scratchFolder();
		const path = join(folder.path, "file");
		await using child = await withLock(path, async () => {
			const started = start(writerCommand("hold", join(elsewhere.path, "file")));
			await started.next();
			return started;
		});
		expect(child.pid).toBeGreaterThan(0);
		expect(await withLock(path, () => "entered", AT_ONCE)).toBe("entered");
	});

	test("of a folder that is gone is an error that names it", async () => {
		using folder = scratchFolder();
		rmSync(folder.path, { recursive: true });
		const locking = withLock(join(folder.path, "file"), () => "entered");
		await expect(locking).rejects.toThrow(
			`cannot lock the folder ${folder.path}: it does not exist`,
		);
	});

	testUnless(lackOfInjection())("is done without where the file system has none", () => {
		using folder = scratchFolder();
		const path = join(folder.path, "file");
		writeFileSync(path, "old\n");
		const append = writerCommand("append", path, "new\n");
		expect(report(withFault("flock:error=ENOLCK", append))).toEqual({ state: "written" });
		expect(textOf(path)).toBe("old\nnew\n");
	});
});
