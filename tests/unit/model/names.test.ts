import { describe, expect, test } from "bun:test";
import { ProtectError } from "../../../src/errors.ts";
import {
	assertCustodianName,
	assertDomainName,
	assertSecretName,
} from "../../../src/model/names.ts";

const bad: readonly [string, string][] = [
	["empty", ""],
	["a blank before", " x"],
	["a blank behind", "x "],
	["a wide blank behind", "x\u3000"],
	["only a blank", " "],
	["a newline", "x\ny"],
	["a tab", "x\ty"],
	["NUL", "x\0"],
	["an escape", "x\x1b[2J"],
	["a control character of the second set", "x\u009b2J"],
	["DEL", "x\x7f"],
	["half a character", "x\ud83d"],
];

describe("a domain's name", () => {
	test.each(bad)("is refused with %s", (_, name) => {
		expect(() => assertDomainName(name)).toThrow(ProtectError);
	});

	test.each(["meta", "metadata", "key-custodians", "audit-log", "x".repeat(129), "😀".repeat(129)])(
		"is refused where it is %p",
		(name) => {
			expect(() => assertDomainName(name)).toThrow(ProtectError);
		},
	);

	test.each([
		"prod",
		"x",
		"Meta",
		"key-custodian",
		"123",
		"null",
		"__proto__",
		"a b",
		"a: b",
		"#",
		"======= x",
		"<<<<<<< HEAD",
		"ünï",
		"x".repeat(128),
		"😀".repeat(128),
	])("may be %p", (name) => {
		expect(() => assertDomainName(name)).not.toThrow();
	});
});

describe("a custodian's name", () => {
	test.each(bad)("is refused with %s", (_, name) => {
		expect(() => assertCustodianName(name)).toThrow(ProtectError);
	});

	test.each(["a@b.c", "ci", "O'Brien <ob@example.com>", "meta", "x".repeat(5000)])(
		"may be %.20p",
		(name) => {
			expect(() => assertCustodianName(name)).not.toThrow();
		},
	);
});

describe("a secret's name", () => {
	test.each(["", "1", "-a", "_a", "a b", "a.b", "ä", "aä", "a\n", "a\0", " a"])(
		"is not %p",
		(name) => {
			expect(() => assertSecretName(name)).toThrow(ProtectError);
		},
	);

	test.each(["a", "A", "a-b_c9", "secret-", "x".repeat(5000)])("may be %.20p", (name) => {
		expect(() => assertSecretName(name)).not.toThrow();
	});
});
