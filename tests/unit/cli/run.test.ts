/** The command line with commands of its own, in process. */
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import * as fs from "node:fs";
import { Command } from "clipanion";
import { flag, list, positional } from "../../../src/cli/options.ts";
import type { Registration } from "../../../src/cli/registration.ts";
import { run } from "../../../src/cli/run.ts";
import { SharedOptionsCommand } from "../../../src/cli/shared-options.ts";
import { ConflictingOptionsError } from "../../../src/errors.ts";

const seen: unknown[] = [];

class GreetCommand extends SharedOptionsCommand {
	static override usage = Command.Usage({ description: "greet somebody" });
	domains = list("-d,--domain", "DOMAIN", "where");
	loud = flag("--loud", "in capitals");
	who = positional("WHO");

	async execute(): Promise<number> {
		seen.push([this.who, this.domains, this.loud, this.context.afterDashes]);
		return 7;
	}
}

class FailCommand extends SharedOptionsCommand {
	static override usage = Command.Usage({ description: "fail" });
	where = positional("WHERE");

	async execute(): Promise<void> {
		if (this.where === "unforeseen") throw new Error("a secret");
		throw new ConflictingOptionsError("no", "pprotect yes");
	}
}

const COMMANDS: readonly Registration[] = [
	{ name: "greet-people", category: "Other", load: async () => GreetCommand },
	{ name: "fail", category: "Other", load: async () => FailCommand },
];

let written = "";
const write = spyOn(fs, "writeSync").mockImplementation((...args: unknown[]) => {
	const [fd, bytes] = args;
	if (!(bytes instanceof Uint8Array)) throw new Error("not bytes");
	written += `${fd}:${new TextDecoder().decode(bytes)}`;
	return bytes.length;
});
afterAll(() => write.mockRestore());
beforeAll(() => {
	written = "";
});

async function outcome(...argv: string[]) {
	written = "";
	seen.length = 0;
	const exitCode = await run(COMMANDS, argv, {});
	return { exitCode, written, seen: [...seen] };
}

describe("a command", () => {
	test("answers to both spellings, with its options before or after", async () => {
		const expected = { exitCode: 7, written: "", seen: [["bob", ["a", "b"], true, undefined]] };
		const options = ["-d", "a", "--domain=b", "--loud"];
		expect(await outcome("greet-people", "bob", ...options)).toEqual(expected);
		expect(await outcome(...options, "greet_people", "bob")).toEqual(expected);
	});

	test.each([
		{ spelling: ["-d", "a", "--loud"], domains: ["a"], loud: true },
		{ spelling: ["-d=a", "--domain=b"], domains: ["a", "b"], loud: false },
		{ spelling: ["--domain", "--loud"], domains: undefined, loud: undefined },
		{ spelling: ["-qy", "--loud"], domains: undefined, loud: true },
		{ spelling: ["--no-loud"], domains: undefined, loud: false },
		{ spelling: ["--", "-d", "a", "--loud"], domains: undefined, loud: undefined },
	])("takes $spelling as options", async ({ spelling, domains, loud }) => {
		const { seen } = await outcome("greet-people", ...spelling);
		expect(seen).toEqual(loud === undefined ? [] : [[undefined, domains, loud, undefined]]);
	});

	test("ends with the exit code of its error", async () => {
		expect(await outcome("fail")).toEqual({
			exitCode: 2,
			written: "2:pprotect: error: no\n2:pprotect: hint: pprotect yes\n",
			seen: [],
		});
	});

	test("tells nothing of an error that nobody foresaw but its kind", async () => {
		const { exitCode, written: words } = await outcome("fail", "unforeseen");
		expect(exitCode).toBe(1);
		expect(words).toContain("internal error (Error)");
		expect(words).not.toContain("secret");
	});
});

describe("help", () => {
	test("is of the commands that were handed over", async () => {
		const { exitCode, written: words } = await outcome("--help");
		expect(exitCode).toBe(0);
		expect(words).toContain("greet-people, fail");
		expect(words).not.toContain("add-secret,");
	});
});
