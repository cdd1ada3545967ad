import { afterEach, expect, test } from "bun:test";
import { setUserShell, shellWord } from "../../../src/format/quote.ts";

afterEach(() => setUserShell("posix"));

test.each([
	["prod", "prod", "prod"],
	["alice@example.com", "alice@example.com", "alice@example.com"],
	["my dom", "'my dom'", '"my dom"'],
	["C:\\keys\\prod.key", "'C:\\keys\\prod.key'", "C:\\keys\\prod.key"],
	["a & calc", "'a & calc'", '"a & calc"'],
	["$(calc)", "'$(calc)'", '"?(calc)"'],
	["%COMSPEC%", "%COMSPEC%", '"?COMSPEC?"'],
	['a" & calc', "'a\" & calc'", '"a? & calc"'],
	["it's", `'it'"'"'s'`, '"it\'s"'],
	["\\'; calc; '", `''"\\\\'"'; calc; '"'"''`, "\"\\'; calc; '\""],
	["a\\", `'a'"\\\\"''`, "a\\"],
	["-x", "'-x'", '"-x"'],
	["@splat", "@splat", '"@splat"'],
])("%s", (name, posix, windows) => {
	expect(shellWord(name)).toBe(posix);
	setUserShell("windows");
	expect(shellWord(name)).toBe(windows);
});
