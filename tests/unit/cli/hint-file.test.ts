import { describe, expect, test } from "bun:test";
import { withFileOption } from "../../../src/cli/hint-file.ts";

describe("the file in a hint", () => {
	test("is named in every command", () => {
		expect(withFileOption("pprotect rm-owner a b, then pprotect add-owner a b", "x.yaml")).toBe(
			"pprotect rm-owner --file x.yaml a b, then pprotect add-owner --file x.yaml a b",
		);
	});

	test("is not named twice, nor where no file is used", () => {
		const hint = "pprotect check --file y.yaml; pprotect help check";
		expect(withFileOption(hint, "x.yaml")).toBe(hint);
	});

	test("is left out where the command finds it", () => {
		expect(withFileOption("pprotect check", undefined)).toBe("pprotect check");
	});

	test("breaks out of no quotes around a name that looks like a command", () => {
		const hint = "pprotect add-owner 'pprotect check;touch x' bob";
		expect(withFileOption(hint, "a b")).toBe(
			"pprotect add-owner --file 'a b' 'pprotect check;touch x' bob",
		);
	});
});
