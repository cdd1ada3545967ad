import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { memoryLimit } from "../../../src/system/memory-limit.ts";

const MIB = 2 ** 20;

let root = "";
beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), "pprotect-cgroup-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Makes the files of a system that is in `groups`, as /proc/self/cgroup has them. */
function makeSystem(groups: string, limits: Record<string, string>): void {
	for (const [path, text] of Object.entries({ ...limits, "proc/self/cgroup": groups })) {
		mkdirSync(dirname(join(root, path)), { recursive: true });
		writeFileSync(join(root, path), text);
	}
}

test("version 2, in a container that sees its own group as the root", () => {
	makeSystem("0::/\n", { "sys/fs/cgroup/memory.max": `${64 * MIB}\n` });
	expect(memoryLimit(root)).toBe(64 * MIB);
});

test("version 2, the least limit on the way up", () => {
	makeSystem("0::/machine.slice/app.scope\n", {
		"sys/fs/cgroup/machine.slice/memory.max": `${128 * MIB}\n`,
		"sys/fs/cgroup/machine.slice/app.scope/memory.max": `${256 * MIB}\n`,
	});
	expect(memoryLimit(root)).toBe(128 * MIB);
});

test("version 2 without a limit", () => {
	makeSystem("0::/app\n", { "sys/fs/cgroup/app/memory.max": "max\n" });
	expect(memoryLimit(root)).toBeUndefined();
});

test("version 1, beside other controllers", () => {
	makeSystem("7:cpu,cpuacct:/x\n4:memory:/docker/ab12\n1:name=systemd:/\n", {
		"sys/fs/cgroup/memory/docker/ab12/memory.limit_in_bytes": `${96 * MIB}\n`,
		"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
	});
	expect(memoryLimit(root)).toBe(96 * MIB);
});

test("version 1, in a container that sees the path of the host and only its own group", () => {
	makeSystem("4:memory:/docker/ab12\n0::/\n", {
		"sys/fs/cgroup/memory/memory.limit_in_bytes": `${96 * MIB}\n`,
	});
	expect(memoryLimit(root)).toBe(96 * MIB);
});

test("version 1 without a limit", () => {
	makeSystem("4:memory:/\n", {
		"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
	});
	expect(memoryLimit(root)).toBeUndefined();
});

test("the two side by side", () => {
	makeSystem("4:cpu:/\n0::/a\n", { "sys/fs/cgroup/unified/a/memory.max": `${32 * MIB}\n` });
	expect(memoryLimit(root)).toBe(32 * MIB);
});

test("a path with a colon", () => {
	makeSystem("0::/a:b\n", { "sys/fs/cgroup/a:b/memory.max": `${32 * MIB}\n` });
	expect(memoryLimit(root)).toBe(32 * MIB);
});

test("no control groups, or nothing that can be read", () => {
	expect(memoryLimit(root)).toBeUndefined();
	makeSystem("0::/app\n", {});
	expect(memoryLimit(root)).toBeUndefined();
});
