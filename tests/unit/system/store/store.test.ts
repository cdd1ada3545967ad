import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
	chmodSync,
	chownSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ConflictError, ProtectError, ProtectedFileError } from "../../../../src/errors.ts";
import { MAX_FILE_SIZE } from "../../../../src/format/data.ts";
import {
	create,
	load,
	refuseExisting,
	replaceIfUnchanged,
	type Snapshot,
	update,
} from "../../../../src/system/store/store.ts";
import {
	lackOf,
	lackOfUnprivileged,
	report,
	scratchFile,
	scratchFolder,
	start,
	testUnless,
	textOf,
	unprivileged,
	writerCommand,
} from "../../../support/fault.ts";

const asRoot = process.getuid?.() === 0 ? undefined : "only root may give files away";

/** What a change that appends `text` makes of a file. */
function appending(text: string) {
	return (current: Snapshot) => Buffer.concat([current.bytes, Buffer.from(text)]);
}

function bytesOf(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

describe("load", () => {
	test("reads all of a file, byte for byte", () => {
		using file = scratchFile();
		const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
		writeFileSync(file.path, bytes);
		expect(load(file.path)).toEqual({ path: file.path, target: file.path, bytes });
	});

	test("names the path as it was given, and the file that a symbolic link leads to", () => {
		using file = scratchFile();
		const link = join(file.folder, "link.yaml");
		symlinkSync("protected.yaml", link);
		expect(load(link)).toEqual({ path: link, target: file.path, bytes: bytesOf("old\n") });
	});

	test("says which file is missing, and what to look at", () => {
		using folder = scratchFolder();
		const path = join(folder.path, "protected.yaml");
		const loading = report(writerCommand("load", path));
		expect(loading.error).toBe(`Protected file not found: ${path}`);
		expect(loading.hint).toBe("check the path");
		expect(() => load(path)).toThrow(ProtectedFileError);
	});

	test("takes a symbolic link to nothing for a missing file", () => {
		using folder = scratchFolder();
		const path = join(folder.path, "protected.yaml");
		symlinkSync("nowhere", path);
		expect(() => load(path)).toThrow(`Protected file not found: ${path}`);
	});

	test("follows symbolic links as the system does", () => {
		using file = scratchFile();
		using elsewhere = scratchFolder();
		mkdirSync(join(file.folder, "inner"));
		symlinkSync(join(file.folder, "inner"), join(elsewhere.path, "linked"));
		symlinkSync("linked/../protected.yaml", join(elsewhere.path, "link.yaml"));
		expect(load(`${elsewhere.path}/linked/../protected.yaml`).target).toBe(file.path);
		expect(load(join(elsewhere.path, "link.yaml")).target).toBe(file.path);
	});

	test("refuses symbolic links that form a loop", () => {
		using folder = scratchFolder();
		const path = join(folder.path, "link.yaml");
		symlinkSync("link.yaml", path);
		expect(() => load(path)).toThrow(`cannot read ${path}: its symbolic links form a loop`);
	});

	test("finds a file however often it is replaced meanwhile", async () => {
		using file = scratchFile();
		await using replacer = start(writerCommand("replace-fast", file.path, "old\n"));
		await replacer.next();
		for (let turn = 0; turn < 3_000; turn++) load(file.path);
	}, 30_000);

	test("refuses a folder", () => {
		using folder = scratchFolder();
		expect(() => load(folder.path)).toThrow(`${folder.path} is a folder, not a protected file`);
	});

	testUnless(lackOf("mkfifo"))("refuses a FIFO without waiting for a writer", () => {
		using folder = scratchFolder();
		const path = join(folder.path, "fifo");
		spawnSync("mkfifo", [path]);
		expect(report(writerCommand("load", path)).error).toBe(`${path} is not a plain file`);
	});

	test("refuses a device without reading it", () => {
		expect(() => load("/dev/zero")).toThrow("/dev/zero is not a plain file");
	});

	test("refuses a file over 64 MiB, and reads one of just that", () => {
		using file = scratchFile();
		truncateSync(file.path, MAX_FILE_SIZE);
		expect(load(file.path).bytes.length).toBe(MAX_FILE_SIZE);
		truncateSync(file.path, MAX_FILE_SIZE + 1);
		expect(() => load(file.path)).toThrow(`${file.path}:1: is larger than 64 MiB`);
	});

	testUnless(lackOfUnprivileged())("says that reading is not permitted", () => {
		using file = scratchFile();
		chmodSync(file.path, 0);
		const loading = report(unprivileged(writerCommand("load", file.path)));
		expect(loading.error).toBe(`cannot read ${file.path}: permission denied`);
	});
});

describe("update", () => {
	test("writes what the change makes of the file, and leaves nothing else", async () => {
		using file = scratchFile();
		expect(await update(file.path, appending("new\n"))).toBe(true);
		expect(textOf(file.path)).toBe("old\nnew\n");
		expect(readdirSync(file.folder)).toEqual(["protected.yaml"]);
	});

	test.each([
		["nothing", () => undefined],
		["the same bytes", ({ bytes }: Snapshot) => bytes.slice()],
	])("touches nothing where the change gives %s", async (_, change) => {
		using file = scratchFile();
		const before = statSync(file.path, { bigint: true });
		const folderBefore = statSync(file.folder, { bigint: true });
		expect(await update(file.path, change)).toBe(false);
		const after = statSync(file.path, { bigint: true });
		expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
		expect(statSync(file.folder, { bigint: true }).mtimeNs).toBe(folderBefore.mtimeNs);
	});

	test.each(["600", "640", "664", "755"])("keeps the mode %s", async (octal) => {
		using file = scratchFile();
		const mode = Number.parseInt(octal, 8);
		chmodSync(file.path, mode);
		await update(file.path, appending("new\n"));
		expect(statSync(file.path).mode & 0o7777).toBe(mode);
	});

	testUnless(asRoot)("keeps owner and group", async () => {
		using file = scratchFile();
		chownSync(file.path, 1234, 5678);
		await update(file.path, appending("new\n"));
		const { uid, gid } = statSync(file.path);
		expect([uid, gid]).toEqual([1234, 5678]);
	});

	testUnless(asRoot ?? lackOfUnprivileged())("writes another's file that it may write", () => {
		using file = scratchFile();
		chownSync(file.path, 1234, 5678);
		chmodSync(file.path, 0o666);
		const writing = report(unprivileged(writerCommand("append", file.path, "new\n")));
		expect(writing).toEqual({ state: "written" });
		expect(textOf(file.path)).toBe("old\nnew\n");
		expect(statSync(file.path).mode & 0o777).toBe(0o666);
	});

	test("writes through symbolic links, across folders", async () => {
		using file = scratchFile();
		using elsewhere = scratchFolder();
		const near = join(file.folder, "near.yaml");
		const far = join(elsewhere.path, "far.yaml");
		symlinkSync("protected.yaml", near);
		symlinkSync(near, far);
		await update(far, appending("new\n"));
		expect(textOf(file.path)).toBe("old\nnew\n");
		expect(lstatSync(far).isSymbolicLink()).toBe(true);
		expect(lstatSync(near).isSymbolicLink()).toBe(true);
		expect(readdirSync(elsewhere.path)).toEqual(["far.yaml"]);
		expect(readdirSync(file.folder).sort()).toEqual(["near.yaml", "protected.yaml"]);
	});

	test("writes a file with the longest name there can be", async () => {
		using folder = scratchFolder();
		const path = join(folder.path, "é".repeat(127));
		await create(path, bytesOf("old\n"));
		expect(await update(path, appending("new\n"))).toBe(true);
		expect(readdirSync(folder.path)).toEqual(["é".repeat(127)]);
	});

	test("writes nothing where the change throws, and frees the lock", async () => {
		using file = scratchFile();
		const failing = update(file.path, () => {
			throw new RangeError("from within");
		});
		await expect(failing).rejects.toThrow("from within");
		expect(textOf(file.path)).toBe("old\n");
		expect(await update(file.path, appending("new\n"), { timeoutMs: 0 })).toBe(true);
	});

	test("removes what killed runs left of this file, and nothing that only looks alike", async () => {
		using file = scratchFile();
		const leftover = ".protected.yaml.pprotect-0123456789abcdef";
		const others = [
			".protected.yaml.pprotect-0123456789abcdef0",
			".protected.yaml.pprotect-0123456789abcdeg",
			".protected.yaml.pprotect-",
			".other.yaml.pprotect-0123456789abcdef",
			"protected.yaml.pprotect-0123456789abcdef",
		];
		for (const name of [leftover, ...others]) writeFileSync(join(file.folder, name), "");
		const folderAlike = ".protected.yaml.pprotect-ffffffffffffffff";
		mkdirSync(join(file.folder, folderAlike));
		await update(file.path, appending("new\n"));
		const expected = [...others, folderAlike, "protected.yaml"];
		expect(readdirSync(file.folder).sort()).toEqual(expected.sort());
	});

	test("loses none of 40 changes made at the same time", async () => {
		using file = scratchFile("");
		const lines = Array.from({ length: 40 }, (_, index) => `line ${index}\n`);
		const writers = lines.map((line) => start(writerCommand("append", file.path, line)));
		const reports = await Promise.all(writers.map((writer) => writer.next()));
		expect(reports).toEqual(lines.map(() => ({ state: "written" })));
		expect(
			textOf(file.path)
				.split(/(?<=\n)/)
				.sort(),
		).toEqual(lines.sort());
		expect(readdirSync(file.folder)).toEqual(["protected.yaml"]);
	}, 30_000);

	test("loses none of 40 changes made at the same time within one process", async () => {
		using file = scratchFile("");
		const lines = Array.from({ length: 40 }, (_, index) => `line ${index}\n`);
		await Promise.all(lines.map((line) => update(file.path, appending(line))));
		expect(
			textOf(file.path)
				.split(/(?<=\n)/)
				.sort(),
		).toEqual(lines.sort());
	}, 30_000);

	test("refuses to write over what another program wrote meanwhile", async () => {
		using file = scratchFile();
		const changing = update(file.path, (current) => {
			writeFileSync(file.path, "by an editor\n");
			return appending("new\n")(current);
		});
		await expect(changing).rejects.toThrow(ConflictError);
		expect(textOf(file.path)).toBe("by an editor\n");
		expect(readdirSync(file.folder)).toEqual(["protected.yaml"]);
	});

	test("refuses where the folder was removed meanwhile", async () => {
		using file = scratchFile();
		const changing = update(file.path, (current) => {
			rmSync(file.folder, { recursive: true });
			return appending("new\n")(current);
		});
		await expect(changing).rejects.toThrow("was changed or removed after it was read");
		expect(lstatSync(file.folder, { throwIfNoEntry: false })).toBeUndefined();
	});

	test("refuses where a symbolic link was turned to another file meanwhile", async () => {
		using file = scratchFile();
		const link = join(file.folder, "link.yaml");
		const other = join(file.folder, "other.yaml");
		writeFileSync(other, "other\n");
		symlinkSync("protected.yaml", link);
		await using holder = start(writerCommand("hold", file.path));
		await holder.next();
		const changing = update(link, appending("new\n"));
		rmSync(link);
		symlinkSync("other.yaml", link);
		holder.kill("SIGKILL");
		await expect(changing).rejects.toThrow(ConflictError);
		expect([textOf(file.path), textOf(other)]).toEqual(["old\n", "other\n"]);
	});

	test("refuses to make a file that could not be read again", async () => {
		using file = scratchFile();
		const growing = update(file.path, () => new Uint8Array(MAX_FILE_SIZE + 1));
		await expect(growing).rejects.toThrow("would become larger than 64 MiB; nothing was written");
		expect(textOf(file.path)).toBe("old\n");
	});
});

describe("replaceIfUnchanged", () => {
	test("writes over what was read", async () => {
		using file = scratchFile();
		expect(await replaceIfUnchanged(load(file.path), bytesOf("new\n"))).toBe(true);
		expect(textOf(file.path)).toBe("new\n");
	});

	test("touches nothing for the same bytes", async () => {
		using file = scratchFile();
		const before = statSync(file.path, { bigint: true });
		expect(await replaceIfUnchanged(load(file.path), bytesOf("old\n"))).toBe(false);
		const after = statSync(file.path, { bigint: true });
		expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
	});

	test("refuses where the file has changed since, by as little as a byte", async () => {
		using file = scratchFile();
		const snapshot = load(file.path);
		writeFileSync(file.path, "olD\n");
		const replacing = replaceIfUnchanged(snapshot, bytesOf("new\n"));
		await expect(replacing).rejects.toThrow(
			`${file.path} was changed or removed after it was read; nothing was written`,
		);
		expect(textOf(file.path)).toBe("olD\n");
	});

	test("waits for the lock", async () => {
		using file = scratchFile();
		await using holder = start(writerCommand("hold", file.path));
		await holder.next();
		const replacing = replaceIfUnchanged(load(file.path), bytesOf("new\n"), { timeoutMs: 0 });
		await expect(replacing).rejects.toThrow("locked");
		expect(textOf(file.path)).toBe("old\n");
	});

	test("lets one of two who read the same win", async () => {
		using file = scratchFile();
		const snapshot = load(file.path);
		const ends = await Promise.allSettled([
			replaceIfUnchanged(snapshot, bytesOf("one\n")),
			replaceIfUnchanged(snapshot, bytesOf("two\n")),
		]);
		expect(ends.map((end) => end.status).sort()).toEqual(["fulfilled", "rejected"]);
	});

	test("refuses where the file was removed since", async () => {
		using file = scratchFile();
		const snapshot = load(file.path);
		rmSync(file.path);
		await expect(replaceIfUnchanged(snapshot, bytesOf("new\n"))).rejects.toThrow(ConflictError);
		expect(readdirSync(file.folder)).toEqual([]);
	});

	test("writes to the file that was read, wherever its path leads now", async () => {
		using file = scratchFile();
		const link = join(file.folder, "link.yaml");
		symlinkSync("protected.yaml", link);
		const snapshot = load(link);
		rmSync(link);
		expect(await replaceIfUnchanged(snapshot, bytesOf("new\n"))).toBe(true);
		expect(textOf(file.path)).toBe("new\n");
	});
});

describe("create", () => {
	test("makes the file, and leaves nothing else", async () => {
		using folder = scratchFolder();
		const path = join(folder.path, "protected.yaml");
		await create(path, bytesOf("new\n"));
		expect(textOf(path)).toBe("new\n");
		expect(statSync(path).nlink).toBe(1);
		expect(readdirSync(folder.path)).toEqual(["protected.yaml"]);
	});

	test.each([
		["022", 0o644],
		["002", 0o664],
		["077", 0o600],
	])("leaves the permissions to the umask (%s)", (umask, mode) => {
		using folder = scratchFolder();
		const path = join(folder.path, "protected.yaml");
		const shell = ["sh", "-c", `umask ${umask}; exec "$@"`, "sh"];
		report([...shell, ...writerCommand("create", path, "new\n")]);
		expect(statSync(path).mode & 0o777).toBe(mode);
	});

	test.each([
		["a file", (path: string) => writeFileSync(path, "old\n")],
		["a folder", (path: string) => mkdirSync(path)],
		["a symbolic link to nothing", (path: string) => symlinkSync("nowhere", path)],
	])("leaves %s of that name alone", async (_, make) => {
		using folder = scratchFolder();
		const path = join(folder.path, "protected.yaml");
		make(path);
		const { ino, mtimeNs } = lstatSync(path, { bigint: true });
		expect(() => refuseExisting(path)).toThrow(ProtectedFileError);
		await expect(create(path, bytesOf("new\n"))).rejects.toThrow(
			`Protected file already exists: ${path}`,
		);
		expect(lstatSync(path, { bigint: true })).toMatchObject({ ino, mtimeNs });
		expect(readdirSync(folder.path)).toEqual(["protected.yaml"]);
	});

	test("says at once that there is a file, though others hold the lock", async () => {
		using file = scratchFile();
		await using holder = start(writerCommand("hold", file.path));
		await holder.next();
		const creating = create(file.path, bytesOf("new\n"), { timeoutMs: 0 });
		await expect(creating).rejects.toThrow(`Protected file already exists: ${file.path}`);
	});

	test("leaves a file alone that appears while it waits", async () => {
		using folder = scratchFolder();
		const path = join(folder.path, "protected.yaml");
		await using holder = start(writerCommand("hold", path));
		await holder.next();
		const creating = create(path, bytesOf("new\n"));
		writeFileSync(path, "by another\n");
		holder.kill("SIGKILL");
		await expect(creating).rejects.toThrow(`Protected file already exists: ${path}`);
		expect(textOf(path)).toBe("by another\n");
		expect(readdirSync(folder.path)).toEqual(["protected.yaml"]);
	});

	test("lets one of 20 at the same time win", async () => {
		using folder = scratchFolder();
		const path = join(folder.path, "protected.yaml");
		const texts = Array.from({ length: 20 }, (_, index) => `text ${index}\n`);
		const writers = texts.map((text) => start(writerCommand("create", path, text)));
		const reports = await Promise.all(writers.map((writer) => writer.next()));
		const winner = reports.findIndex((one) => one?.state === "written");
		const losers = reports.filter((_, index) => index !== winner);
		const lost = { error: `Protected file already exists: ${path}` };
		expect(losers).toEqual(losers.map(() => lost));
		expect(textOf(path)).toBe(texts[winner] ?? "");
		expect(readdirSync(folder.path)).toEqual(["protected.yaml"]);
	}, 30_000);

	test("says that the folder is missing", async () => {
		using folder = scratchFolder();
		const path = join(folder.path, "missing", "protected.yaml");
		const creating = create(path, bytesOf("new\n"));
		await expect(creating).rejects.toThrow(ProtectError);
		await expect(creating).rejects.toThrow(/^cannot create .*: it does not exist$/);
	});
});
