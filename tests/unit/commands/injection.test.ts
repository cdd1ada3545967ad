/** Which secret a variable gets where names that differ in case mean the same, as on Windows. */
import { expect, test } from "bun:test";
import { injectionOf } from "../../../src/commands/injection.ts";

const OPTIONS = {
	ignoresCase: true,
	credentials: [],
	uppercase: false,
	prefix: undefined,
	only: undefined,
	env: undefined,
	asFile: undefined,
};

test("the later domain's counts", () => {
	const secrets = new Map([
		["DB_PASSWORD", "base"],
		["db_password", "late"],
	]);
	const injection = injectionOf(secrets, OPTIONS);
	expect([...injection.keys()]).toEqual(["db_password"]);
	expect(injection.get("db_password")?.domain).toBe("late");
});

test("within one domain they are an error, and they are two names elsewhere", () => {
	const secrets = new Map([
		["DB_PASSWORD", "late"],
		["db_password", "late"],
	]);
	expect(() => injectionOf(secrets, OPTIONS)).toThrow("would both be the variable");
	expect(injectionOf(secrets, { ...OPTIONS, ignoresCase: false }).size).toBe(2);
});
