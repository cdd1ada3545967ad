/** How much memory a container's limits leave us, so that we can say so before the kernel kills. */
import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { ProtectError } from "../errors.ts";

/** Where the two versions of control groups are mounted, and the file with a group's limit. */
const VERSIONS = [
	{ controller: "", mount: "sys/fs/cgroup", file: "memory.max" },
	{ controller: "", mount: "sys/fs/cgroup/unified", file: "memory.max" },
	{ controller: "memory", mount: "sys/fs/cgroup/memory", file: "memory.limit_in_bytes" },
] as const;

/** Version 1 says "no limit" by a number near 2^63. */
const UNLIMITED = 2 ** 60;

/**
 * The least memory limit, in bytes, of this process's control group and those around it;
 * undefined where there is none or it cannot be read, as on every other system than linux.
 * It counts what all processes of the group hold.
 *
 * `root` is the folder that holds `proc` and `sys`.
 */
export function memoryLimit(root = "/"): number | undefined {
	const membership = readText(posix.join(root, "proc/self/cgroup")) ?? "";
	const limits = membership.split("\n").flatMap((line) => groupLimits(root, line));
	return limits.length === 0 ? undefined : Math.min(...limits);
}

const MIB = 2 ** 20;

/** What pprotect holds beside a key derivation, in bytes, with room to spare. */
const OWN_MEMORY = 64 * MIB;

/**
 * Says before the kernel kills that a key cannot be derived here.
 *
 * @param needed what the derivation holds, in bytes.
 * @param what it is that needs it, for the error.
 * @throws ProtectError where the container's limit is known and too low.
 */
export function assertMemory(needed: number, what: string): void {
	if (needed === 0) return;
	const limit = memoryLimit();
	if (limit === undefined || limit >= needed + OWN_MEMORY) return;
	const inMiB = (bytes: number) => `${Math.ceil(bytes / MIB)} MiB`;
	throw new ProtectError(
		`${what} takes ${inMiB(needed + OWN_MEMORY)} of memory to derive, and this container may use ${inMiB(limit)}`,
		"raise the limit, or give machines a raw key, which takes none: pprotect rekey-custodian --key-type raw",
	);
}

/** The limits along the group of a line `ID:CONTROLLERS:PATH` of /proc/self/cgroup. */
function groupLimits(root: string, line: string): number[] {
	const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
	if (controllers === undefined || path === undefined) return [];
	const versions = VERSIONS.filter(({ controller }) => controllers.split(",").includes(controller));
	return versions.flatMap(({ mount, file }) =>
		groupAndParents(path).flatMap((group) => {
			const limit = parseLimit(readText(posix.join(root, mount, group, file)));
			return limit === undefined ? [] : [limit];
		}),
	);
}

/** `/a/b` as `/a/b`, `/a`, `/`. A path from outside a container leads nowhere but to its `/`. */
function groupAndParents(path: string): string[] {
	const parent = posix.dirname(path);
	return parent === path ? [path] : [path, ...groupAndParents(parent)];
}

function parseLimit(text: string | undefined): number | undefined {
	const limit = Number.parseInt(text ?? "", 10);
	return limit < UNLIMITED ? limit : undefined;
}

function readText(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return undefined;
	}
}
