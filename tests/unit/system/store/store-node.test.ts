/** The store under Node, which has no kernel lock: built as a library is, run from outside. */
import { describe, expect } from "bun:test";
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lackOf, scratchFile, testUnless, textOf } from "../../../support/fault.ts";

const STORE = join(import.meta.dir, "../../../../src/system/store/store.ts");

/** Runs the module text `program`, with `store` at hand, and returns what it prints. */
async function underNode(folder: string, program: string, path: string): Promise<string> {
	const outdir = join(folder, "built");
	await Bun.build({ entrypoints: [STORE], target: "node", splitting: true, outdir });
	writeFileSync(join(outdir, "package.json"), '{ "type": "module" }');
	const text = `import * as store from "${join(outdir, "store.js")}";
		const path = process.argv[1];
		${program}`;
	const args = ["--input-type=module", "--eval", text, path];
	const { stdout, stderr } = spawnSync("node", args, { encoding: "utf8" });
	expect(stderr).toBe("");
	return stdout;
}

describe("under Node", () => {
	const onNode = testUnless(lackOf("node"));

	onNode("an update writes, and leaves nothing else", async () => {
		using file = scratchFile();
		using built = scratchFile();
		const program = `console.log(await store.update(path, () => Buffer.from("new\\n")))`;
		expect(await underNode(built.folder, program, file.path)).toBe("true\n");
		expect(textOf(file.path)).toBe("new\n");
		expect(readdirSync(file.folder)).toEqual(["protected.yaml"]);
	});

	onNode("a file that has changed since is not written over", async () => {
		using file = scratchFile();
		using built = scratchFile();
		const program = `import { writeFileSync } from "node:fs";
			const snapshot = store.load(path);
			writeFileSync(path, "by another\\n");
			await store.replaceIfUnchanged(snapshot, Buffer.from("new\\n"))
				.catch((error) => console.log(error.name))`;
		expect(await underNode(built.folder, program, file.path)).toBe("ConflictError\n");
		expect(textOf(file.path)).toBe("by another\n");
	});

	onNode("a file is created once", async () => {
		using file = scratchFile();
		using built = scratchFile();
		const program = `const other = path + ".new";
			await store.create(other, Buffer.from("new\\n"));
			await store.create(other, Buffer.from("newer\\n")).catch((error) => console.log(error.name))`;
		expect(await underNode(built.folder, program, file.path)).toBe("ProtectedFileError\n");
		expect(textOf(`${file.path}.new`)).toBe("new\n");
	});
});
