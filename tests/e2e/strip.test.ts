/** The Linux programs after the tools that packagers run over them, which drop what nothing loads. */
import { describe, expect, test } from "bun:test";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { binaryPath, compileProgram } from "../../scripts/compile.ts";
import { hostTarget, TARGETS } from "../../scripts/targets.ts";
import { VERSION } from "../../src/version.ts";
import { scratchFolder } from "../support/pprotect.ts";

const TOOLS = [
	["strip"],
	["strip", "-g"],
	["eu-strip"],
	["objcopy"],
	["objcopy", "--remove-section=.comment"],
] as const;

const host = hostTarget();

describe.skipIf(host.system !== "linux")("the program of this machine", () => {
	for (const command of TOOLS) {
		const isThere = Bun.which(command[0]) !== null;
		test.skipIf(!isThere)(
			`is pprotect after ${command.join(" ")}${isThere ? "" : " (which is not installed)"}`,
			() => {
				const program = join(scratchFolder(), "pprotect");
				copyFileSync(binaryPath(host), program);
				run(...command, program);
				expect(run(program, "version")).toBe(`pocket_protector version ${VERSION}\n`);
			},
		);
	}
});

const stripper = Bun.which("eu-strip");
const lack = stripper ? "" : " (skipped: eu-strip is not installed)";
const LINUX = TARGETS.filter(({ system }) => system === "linux");
test.skipIf(!stripper).each(LINUX.map((target) => [target.name, target] as const))(
	`eu-strip changes nothing that is loaded of %s${lack}`,
	(_, target) => {
		const program = compileProgram(target, "src/main.ts", join(scratchFolder(), "pprotect"));
		const before = readFileSync(program);
		run("eu-strip", program);
		const after = readFileSync(program);
		expect(after.length).toBeLessThan(before.length);
		const same = loaded(before).map((bytes, index) => {
			// Behind the last byte that is not zero, the page may be filled up with something else.
			const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
			return loaded(after)[index]?.subarray(0, end).equals(bytes.subarray(0, end));
		});
		expect(same).toEqual([true, true, true]);
	},
	120_000,
);

/** The bytes of the segments that are loaded, without the header, which counts what is not. */
function loaded(program: Buffer): Buffer[] {
	const [start, size] = [Number(program.readBigUInt64LE(32)), program.readUInt16LE(54)];
	return Array.from({ length: program.readUInt16LE(56) }, (_, index) => {
		return program.subarray(start + index * size, start + (index + 1) * size);
	}).flatMap((header) => {
		if (header.readUInt32LE(0) !== 1) return [];
		const offset = Number(header.readBigUInt64LE(8));
		return program.subarray(Math.max(64, offset), offset + Number(header.readBigUInt64LE(32)));
	});
}

function run(...command: readonly string[]): string {
	const { exitCode, stdout, stderr } = Bun.spawnSync([...command]);
	expect([stderr.toString(), exitCode]).toEqual(["", 0]);
	return stdout.toString();
}
