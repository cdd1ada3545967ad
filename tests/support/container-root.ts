/** A root folder as small as a container's can be: pprotect, what it needs, and a static program. */
import {
	chmodSync,
	chownSync,
	copyFileSync,
	linkSync,
	mkdirSync,
	readdirSync,
	writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { canBeFirst } from "./container-namespace.ts";
import type { Secrets } from "./container-secrets.ts";
import { PPROTECT, scratchFolder } from "./pprotect.ts";

/** A user that has no name. */
export const NOBODY = 65_534;

const CHROOT = Bun.which("chroot");

/** Debian's busybox-static, whose program needs no library. */
const BUSYBOX = staticBusybox();

/** Whether this machine lets us make and enter one. */
export const canMakeRoot = canBeFirst && CHROOT !== null && BUSYBOX !== undefined;

/** For the title of what needs it. */
export const ROOT = "(needs root, unshare, chroot, busybox-static)";

function staticBusybox(): string | undefined {
	const path = Bun.which("busybox");
	if (path === null || Bun.which("ldd") === null) return undefined;
	// ldd fails for what has nothing to load.
	return Bun.spawnSync(["ldd", path]).exitCode === 0 ? undefined : path;
}

/** The files that the loader needs to start pprotect: libraries, and itself. */
export function librariesOfPprotect(): string[] {
	const lines = Bun.spawnSync(["ldd", PPROTECT]).stdout.toString();
	return [...lines.matchAll(/\/\S+/g)].map(([path]) => path);
}

/** Where docs/containers.md has them. */
export const PPROTECT_PATH = "/usr/local/bin/pprotect";
export const FILE_PATH = "/app/protected.yaml";
export const KEY_PATH = "/run/secrets/app.key";

/**
 * Makes a root with pprotect, its libraries, the protected file, the key, which only NOBODY may
 * read, `/busybox`, and an empty `/proc`; nothing else.
 */
export function makeRoot(secrets: Secrets): string {
	const root = scratchFolder();
	chmodSync(root, 0o755);
	mkdirSync(join(root, "proc"));
	// Linked where that can be: it is large.
	putFile(root, PPROTECT, PPROTECT_PATH, linkSync);
	putFile(root, BUSYBOX ?? "", "/busybox");
	for (const library of librariesOfPprotect()) putFile(root, library, library);
	putFile(root, join(secrets.cwd, "protected.yaml"), FILE_PATH);
	putKey(root, secrets, KEY_PATH, { owner: NOBODY, group: NOBODY, mode: 0o400 });
	return root;
}

/** Puts the key where something else mounts it. */
export function putKey(
	root: string,
	secrets: Secrets,
	target: string,
	{ owner, group, mode }: { owner: number; group: number; mode: number },
): void {
	putFile(root, join(secrets.cwd, "key"), target);
	chownSync(join(root, target), owner, group);
	chmodSync(join(root, target), mode);
}

/** Puts a script of busybox's sh there. */
export function putScript(root: string, target: string, script: string): void {
	mkdirSync(dirname(join(root, target)), { recursive: true });
	writeFileSync(join(root, target), `#!/busybox sh\n${script}`, { mode: 0o755 });
}

type Copy = (source: string, target: string) => void;

/** Puts a copy of the file `source` there. */
export function putFile(root: string, source: string, target: string, copy: Copy = copyFileSync) {
	const path = join(root, target);
	mkdirSync(dirname(path), { recursive: true });
	try {
		copy(source, path);
	} catch {
		copyFileSync(source, path);
	}
}

/** The files in `root`, by their paths in it. */
export function filesIn(root: string): string[] {
	return readdirSync(root, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join("/", entry.parentPath.slice(root.length), entry.name));
}

export interface RootOptions {
	/** As whom; root unless given. */
	readonly user?: number;
	/** Whether /proc is mounted; it is unless told. */
	readonly proc?: boolean;
	/** Variables, in an environment that is empty otherwise. */
	readonly env?: Readonly<Record<string, string>>;
}

/** A command line that runs `command` as PID 1 in `root`, which it cannot write to. */
export function inRoot(root: string, command: readonly string[], options: RootOptions = {}) {
	const { user = 0, proc = true, env = {} } = options;
	const script = [
		"mount --make-rprivate /",
		`mount --bind ${root} ${root}`,
		`mount -o remount,bind,ro ${root}`,
		...(proc ? [`mount -t proc proc ${root}/proc`] : []),
		'exec env -i "$@"',
	].join(" && ");
	const unshare = ["unshare", "--pid", "--fork", "--kill-child", "--mount"];
	const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
	const chroot = [CHROOT ?? "", `--userspec=${user}:${user}`, root];
	return [...unshare, "sh", "-c", script, "sh", ...variables, ...chroot, ...command];
}
