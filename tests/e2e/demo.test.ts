/** The recording on the README shows what the program does today. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/compile.ts";
import { draw } from "../../scripts/demo/draw.ts";
import { record } from "../../scripts/demo/record.ts";
import { PPROTECT } from "../support/pprotect.ts";

test.skipIf(process.platform === "win32")(
	"docs/demo.svg is what `bun run demo` makes",
	async () => {
		const made = draw(await record(PPROTECT));
		expect(readFileSync(join(ROOT, "docs/demo.svg"), "utf8")).toBe(made);
	},
	120_000,
);
