/**
 * Runs a program with a standard input that does not block, as some service managers do: its
 * arguments as a JSON list, and its environment as a JSON object.
 */
import { replaceProgram } from "../../src/system/exec/posix.ts";
import { openLibc } from "../../src/system/libc.ts";

/** fcntl.h of linux. */
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;

const [argv = "[]", environment = "{}"] = process.argv.slice(2);
const libc = openLibc({ fcntl: { args: ["i32", "i32", "i32"], returns: "i32" } });
libc.fcntl(0, F_SETFL, O_NONBLOCK);
const variables = Object.entries(JSON.parse(environment));
replaceProgram(
	JSON.parse(argv),
	variables.map(([name, value]) => `${name}=${value}`),
);
