import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram, programEnvironment } from "../../../src/system/programs.ts";

describe("on Windows", () => {
	const environment = {
		Path: '.;;tools;\\rooted;D:relative;"C:\\Program Files\\node";D:\\bin;\\\\server\\share',
		PATHEXT: ".EXE;.CMD",
	};
	const find = (name: string, files: readonly string[], without: readonly string[] = []) => {
		const isProgram = (path: string) => files.includes(path);
		return findProgram(name, { environment, without, platform: "win32", isProgram });
	};

	test("takes the folders of PATH in order, and then the extensions", () => {
		const both = ["D:\\bin\\npm.EXE", "C:\\Program Files\\node\\npm.CMD"];
		expect(find("npm", both)).toBe("C:\\Program Files\\node\\npm.CMD");
		expect(find("npm", ["D:\\bin\\npm.CMD", "D:\\bin\\npm.EXE"])).toBe("D:\\bin\\npm.EXE");
		expect(find("npm", ["\\\\server\\share\\npm.EXE"])).toBe("\\\\server\\share\\npm.EXE");
	});

	test("takes a name with an extension as it is", () => {
		expect(find("npm.cmd", ["D:\\bin\\npm.cmd"])).toBe("D:\\bin\\npm.cmd");
		expect(find("my.tool", ["D:\\bin\\my.tool.EXE"])).toBe("D:\\bin\\my.tool.EXE");
	});

	test("never looks where only the current folder says which folder it is", () => {
		const isProgram = (path: string) => !/^(?:[CD]:\\(?:Program|bin)|\\\\server)/.test(path);
		const search = { environment, platform: "win32", isProgram } as const;
		expect(findProgram("npm", search)).toBeUndefined();
		const all = { environment: {}, platform: "win32", isProgram: () => true } as const;
		expect(findProgram("npm", all)).toBeUndefined();
	});

	test("passes over the folder of the file, in whatever case PATH has it", () => {
		expect(find("git", ["D:\\bin\\git.EXE"], ["d:\\BIN\\"])).toBeUndefined();
	});

	test("takes Windows' own programs where a shell stands in their folder", () => {
		const search = {
			environment: { SystemRoot: "C:\\Windows", PATH: "C:\\WINDOWS\\system32" },
			without: ["C:\\Windows\\System32"],
			platform: "win32",
			isProgram: () => true,
		} as const;
		expect(findProgram("notepad.exe", search)).toBe("C:\\WINDOWS\\system32\\notepad.exe");
	});

	test("takes a path as it is, with an extension where it has none", () => {
		expect(find("C:\\apps\\run", ["C:\\apps\\run.EXE"])).toBe("C:\\apps\\run.EXE");
		expect(find("C:/apps/run.exe", ["C:\\apps\\run.exe"])).toBe("C:\\apps\\run.exe");
		expect(find("C:\\apps\\run", ["C:\\apps\\run"])).toBeUndefined();
	});

	test("hands on no folder in which it does not look itself", () => {
		const changed = programEnvironment({
			environment: { ...environment, A: "b" },
			platform: "win32",
		});
		expect(changed).toEqual({
			Path: "C:\\Program Files\\node;D:\\bin;\\\\server\\share",
			PATHEXT: ".EXE;.CMD",
			A: "b",
			NoDefaultCurrentDirectoryInExePath: "1",
		});
	});
});

describe.skipIf(process.platform === "win32")("on Linux and macOS", () => {
	let root: string;
	beforeAll(() => {
		root = realpathSync(mkdtempSync(join(tmpdir(), "pprotect-test-")));
		for (const folder of ["bin", "repository", "folder/git"]) {
			mkdirSync(join(root, folder), { recursive: true });
		}
		for (const folder of ["bin", "repository"]) {
			writeFileSync(join(root, folder, "git"), "#!/bin/sh\n", { mode: 0o755 });
		}
		symlinkSync("repository", join(root, "link"));
	});
	afterAll(() => rmSync(root, { recursive: true }));

	const find = (path: string | undefined, ...without: string[]) => {
		const inRoot = path?.replaceAll("ROOT", root);
		const found = findProgram("git", {
			environment: inRoot === undefined ? {} : { PATH: inRoot },
			without: without.map((folder) => join(root, folder)),
		});
		return found?.replace(root, "ROOT");
	};

	test("takes the first of PATH that is a program", () => {
		expect(find("ROOT/none:ROOT/folder:ROOT/bin:ROOT/repository")).toBe("ROOT/bin/git");
	});

	test("passes over every entry that the current folder gives its meaning", () => {
		expect(find(":.:./bin:bin:..:ROOT/bin")).toBe("ROOT/bin/git");
		expect(find(":.")).toBeUndefined();
		expect(find("")).toBeUndefined();
	});

	test("passes over the folder of the file, also through a link", () => {
		expect(find("ROOT/repository:ROOT/bin", "repository")).toBe("ROOT/bin/git");
		expect(find("ROOT/link:ROOT/bin", "repository")).toBe("ROOT/bin/git");
		expect(find("ROOT/link/:ROOT/bin", "link")).toBe("ROOT/bin/git");
	});

	test("passes over the current folder, where PATH names it", () => {
		const program = `
			import { findProgram } from ${JSON.stringify(join(import.meta.dir, "../../../src/system/programs.ts"))};
			console.log(findProgram("git", { environment: process.env }));
		`;
		const { stdout } = Bun.spawnSync([process.execPath, "-e", program], {
			cwd: join(root, "repository"),
			env: { PATH: `${join(root, "link")}:${join(root, "bin")}` },
		});
		expect(stdout.toString()).toBe(`${join(root, "bin", "git")}\n`);
	});

	test("hands on no folder in which it does not look itself", () => {
		const handedOn = (environment: Readonly<Record<string, string>>) => {
			return programEnvironment({ environment, without: ["/repository"] });
		};
		expect(handedOn({ PATH: ":/a:bin:/repository:/b", Path: "." })).toEqual({
			PATH: "/a:/b",
			Path: ".",
		});
		expect(handedOn({ PATH: "." })).toEqual({ PATH: "/bin:/usr/bin" });
		expect(handedOn({})).toEqual({});
	});
});
