/**
 * Loads every command, and every module, where no library of the system can be opened: in a
 * process of its own, as what stands in for `bun:ffi` here stays for all that is loaded later.
 * Prints a line for each that fails.
 */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const SRC = join(import.meta.dir, "../../src");

function refuse(): never {
	throw new Error("no library can be opened here");
}

// Not by mock.module, which leaves what is built into the runtime alone outside of `bun test`.
Object.assign(createRequire(import.meta.url)("bun:ffi"), { dlopen: refuse, linkSymbols: refuse });

async function attempt(name: string, load: () => Promise<unknown>): Promise<void> {
	try {
		await load();
	} catch (error) {
		console.log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
	}
}

const { COMMANDS } = await import("../../src/commands/registry.ts");
for (const { name, load } of COMMANDS) await attempt(name, load);

/** Programs, which run when they are loaded: the binary's, and the page's, for a browser. */
const PROGRAMS = ["main.ts", join("seal-page", "page.ts")];

const modules = readdirSync(SRC, { recursive: true, encoding: "utf8" })
	.filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts") && !PROGRAMS.includes(path))
	.sort();
for (const path of modules) await attempt(path, () => import(join(SRC, path)));

console.log(`${COMMANDS.length} commands, ${modules.length} modules`);
