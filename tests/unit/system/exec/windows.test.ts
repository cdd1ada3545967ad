import { describe, expect, test } from "bun:test";
import { changeWindowsEnvironment, findCommand } from "../../../../src/system/exec/windows.ts";

describe("the environment on windows", () => {
	const inherited = { Path: "C:\\Windows", Secret: "old", PPROTECT_user: "alice", Temp: "C:\\t" };

	test("names mean the same in any case", () => {
		const changes = { set: new Map([["sECRET", "new"]]), unset: ["PProtect_USER"] };
		expect(changeWindowsEnvironment(inherited, changes)).toEqual({
			Path: "C:\\Windows",
			Temp: "C:\\t",
			sECRET: "new",
		});
	});

	test("keeps only what it may", () => {
		const changes = { set: new Map(), unset: [], keepOnly: ["pATH"] };
		expect(changeWindowsEnvironment(inherited, changes)).toEqual({ Path: "C:\\Windows" });
	});
});

describe("finding a command on windows", () => {
	const environment = { Path: '.;;tools;"C:\\Program Files\\node";D:\\bin', PATHEXT: ".EXE;.CMD" };
	const find = (command: string, ...files: string[]) => {
		return findCommand(command, environment, (file) => files.includes(file));
	};

	test("takes the folders of PATH in order, and then the extensions", () => {
		const both = ["D:\\bin\\npm.EXE", "C:\\Program Files\\node\\npm.CMD"];
		expect(find("npm", ...both)).toBe("C:\\Program Files\\node\\npm.CMD");
		expect(find("npm", "D:\\bin\\npm.CMD", "D:\\bin\\npm.EXE")).toBe("D:\\bin\\npm.EXE");
	});

	test("takes a name with an extension as it is", () => {
		expect(find("npm.cmd", "D:\\bin\\npm.cmd")).toBe("D:\\bin\\npm.cmd");
		expect(find("my.tool", "D:\\bin\\my.tool.EXE")).toBe("D:\\bin\\my.tool.EXE");
	});

	test("never looks in the current folder", () => {
		const anywhere = (file: string) => !/^[CD]:\\(Program|bin)/.test(file);
		expect(findCommand("npm", environment, anywhere)).toBeUndefined();
		expect(findCommand("npm", {}, () => true)).toBeUndefined();
	});

	test("takes a path as it is, with an extension where it has none", () => {
		expect(find("C:\\apps\\run", "C:\\apps\\run.EXE")).toBe("C:\\apps\\run.EXE");
		expect(find("C:/apps/run.exe", "C:\\apps\\run.exe")).toBe("C:\\apps\\run.exe");
		expect(find("C:\\apps\\run", "C:\\apps\\run")).toBeUndefined();
	});
});
