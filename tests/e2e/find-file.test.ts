import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pprotect, scratchFolder } from "../support/pprotect.ts";

setDefaultTimeout(30_000);

const VECTOR = join(import.meta.dir, "../vectors/v2-raw.yaml");

function repositoryWith(...paths: string[]): string {
	const folder = scratchFolder();
	Bun.spawnSync(["git", "init", "--quiet"], { cwd: folder });
	mkdirSync(join(folder, "src/deep"), { recursive: true });
	for (const path of paths) copyFileSync(VECTOR, join(folder, path));
	return folder;
}

async function domains(cwd: string, args: readonly string[] = [], env = {}, notices?: RegExp) {
	return pprotect(["list-domains", ...args], { cwd, env, ...(notices && { notices }) });
}

describe("without --file", () => {
	test("a file in a folder above is found, within the work tree", async () => {
		const folder = repositoryWith("protected.yaml");
		const { stdout } = await domains(folder);
		expect(stdout).not.toBe("");
		expect((await domains(join(folder, "src/deep"))).stdout).toBe(stdout);
	});

	test("the nearest one counts", async () => {
		const folder = repositoryWith("protected.yaml", "src/protected.yaml");
		const cwd = join(folder, "src/deep");
		await pprotect(["rm-domain", "--yes", (await domains(cwd)).stdout.trim()], { cwd });
		await domains(cwd, [], {}, /No domains/);
		expect((await domains(folder)).stdout).not.toBe("");
	});

	test("nothing above the work tree is taken, and none is offered there", async () => {
		const outer = scratchFolder();
		copyFileSync(VECTOR, join(outer, "protected.yaml"));
		const inner = join(outer, "inner");
		mkdirSync(inner);
		const { stderr } = await pprotect(["list-domains"], { cwd: inner, exitCode: 2 });
		expect(stderr).toContain(`Protected file not found: ${join(inner, "protected.yaml")}\n`);
	});

	test("PPROTECT_FILE comes first, and --file before it", async () => {
		const folder = repositoryWith("protected.yaml", "src/other.yaml");
		const cwd = join(folder, "src/deep");
		const env = { PPROTECT_FILE: "../missing.yaml" };
		const { stderr } = await pprotect(["list-domains"], { cwd, env, exitCode: 2 });
		expect(stderr).toContain(`Protected file not found: ${join(folder, "src/missing.yaml")}\n`);
		expect(stderr).not.toContain("pprotect init");
		expect((await domains(cwd, ["--file=../other.yaml"], env)).stdout).not.toBe("");
	});
});

test("init creates the file here, whatever stands above", async () => {
	const folder = repositoryWith("protected.yaml");
	const cwd = join(folder, "src/deep");
	const args = ["init", "--user=a@b.c", "--key-type=raw", "--save-passphrase=key"];
	await pprotect(args, { cwd, notices: /gitignore/ });
	await domains(cwd, [], {}, /No domains/);
});

describe("hints name the file", () => {
	test("that was named with --file, quoted for a shell", async () => {
		const folder = repositoryWith("a file.yaml");
		const args = ["list-domain-secrets", "--file=a file.yaml", "-y"];
		const { stderr } = await pprotect(args, { cwd: folder, exitCode: 1 });
		expect(stderr).toContain("pprotect list-domains --file 'a file.yaml'");
	});

	test("unless the command finds it by itself", async () => {
		const folder = repositoryWith("protected.yaml");
		for (const args of [[], ["--file=protected.yaml"]]) {
			const run = ["list-domain-secrets", ...args];
			const { stderr } = await pprotect(run, { cwd: folder, exitCode: 1 });
			expect(stderr).toContain("pprotect list-domains\n");
		}
	});
});
