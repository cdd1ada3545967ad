import { expect, test } from "bun:test";
import { HELD_FROM_CHANGE, patiently } from "../../../../src/system/store/patience.ts";

/** An action that fails with `code` the first `times` times. */
function failing(code: string, times: number) {
	let calls = 0;
	const action = () => {
		calls++;
		if (calls <= times) throw Object.assign(new Error(code), { code });
		return calls;
	};
	return { action, calls: () => calls };
}

const WINDOWS = { platform: "win32", milliseconds: 100 } as const;

test.each([...HELD_FROM_CHANGE])("on Windows %s is tried again", (code) => {
	expect(patiently(failing(code, 2).action, HELD_FROM_CHANGE, WINDOWS)).toBe(3);
});

test("on Windows a file that stays open is told as such, with the cause", () => {
	const { action, calls } = failing("EPERM", Number.POSITIVE_INFINITY);
	const error: unknown = (() => {
		try {
			return patiently(action, HELD_FROM_CHANGE, WINDOWS);
		} catch (thrown) {
			return thrown;
		}
	})();
	expect(error).toMatchObject({ code: "EHELD", cause: { code: "EPERM" } });
	expect(calls()).toBeGreaterThan(1);
});

test.each([
	["ENOSPC", "win32"],
	["EPERM", "linux"],
	["EBUSY", "darwin"],
] as const)("%s on %s is an error at once", (code, platform) => {
	const { action, calls } = failing(code, 1);
	expect(() => patiently(action, HELD_FROM_CHANGE, { ...WINDOWS, platform })).toThrow(code);
	expect(calls()).toBe(1);
});
