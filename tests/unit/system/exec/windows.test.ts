import { describe, expect, test } from "bun:test";
import { changeWindowsEnvironment } from "../../../../src/system/exec/windows.ts";

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
