/** `bun run build:library`: the npm package's modules and their types, into dist/library. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./compile.ts";
import { tool } from "./tools.ts";

rmSync(join(ROOT, "dist/library"), { recursive: true, force: true });
if (!tool("tsc", "--project", "tsconfig.library.json")) {
	throw new Error("the library does not compile");
}
console.log("built dist/library");
