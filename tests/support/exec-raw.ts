/**
 * Runs a program with arguments and environment that no shell can make, duplicates and
 * entries without `=` among them: two JSON lists of texts, a byte for each character. With
 * `block` after them it runs with all signals blocked.
 */
import { replaceProgram } from "../../src/system/exec/posix.ts";
import { openLibc } from "../../src/system/libc.ts";

const [argv = "[]", environment = "[]", block] = process.argv.slice(2);
if (block !== undefined) {
	const libc = openLibc({ sigprocmask: { args: ["i32", "ptr", "ptr"], returns: "i32" } });
	const SIG_BLOCK = 0;
	libc.sigprocmask(SIG_BLOCK, new Uint8Array(128).fill(0xff), null);
}
replaceProgram(JSON.parse(argv), JSON.parse(environment));
