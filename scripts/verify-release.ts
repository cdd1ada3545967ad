/**
 * `bun run verify-release [--strict] [TARGET...]`: tries what `bun run release` made, from its
 * archives, and prints a line a target. Ends with 1 if anything is not as it should be; with
 * `--strict` also where nothing here runs a target.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./compile.ts";
import { checksumLines, checksums } from "./release/checksums.ts";
import { archiveName } from "./release/contents.ts";
import { signatureFaults } from "./release/mach-o.ts";
import { hasPackages } from "./release/packers.ts";
import { TARGETS, type Target, targetNamed } from "./targets.ts";
import { neededLibraries } from "./verify-release/elf.ts";
import { Missing } from "./verify-release/machine.ts";
import { machineMakers } from "./verify-release/machines.ts";
import { packageFacts } from "./verify-release/packages.ts";
import { runScenario } from "./verify-release/scenario.ts";

const DIST = join(ROOT, "dist");

const words = process.argv.slice(2);
const isStrict = words.includes("--strict");
const named = words.filter((word) => word !== "--strict").map(targetNamed);
const work = mkdtempSync(join(tmpdir(), "pprotect-verify-"));
try {
	verifyChecksums();
	const targets = named.length > 0 ? named : TARGETS;
	// All at once: emulators wait a lot.
	const outcomes = targets.map((target) => [target, verify(target)] as const);
	for (const [target, outcome] of outcomes) {
		const { isRight, words } = await outcome;
		console.log(`${target.name.padEnd(17)} ${words}`);
		if (!isRight) process.exitCode = 1;
	}
} finally {
	rmSync(work, { recursive: true, force: true });
}

function verifyChecksums(): void {
	const text = readFileSync(join(DIST, "SHA256SUMS"), "utf8");
	const names = text.split("\n").flatMap((line) => line.split("  ")[1] ?? []);
	if (checksumLines(checksums(DIST, names)) !== text) throw new Error("SHA256SUMS is wrong");
	console.log(`${"SHA256SUMS".padEnd(17)} verified: ${names.length} files`);
}

async function verify(target: Target): Promise<{ isRight: boolean; words: string }> {
	try {
		const binary = unpack(target);
		const facts = inspect(target, binary);
		const { names, reasons } = await tryMachines(target, binary);
		const packaged = hasPackages(target) ? packageFacts(target, DIST, readFileSync(binary)) : [];
		const extra = [...facts, ...packaged, ...reasons].map((text) => ` (${text})`).join("");
		if (names.length > 0) return { isRight: true, words: `verified: ${names.join("; ")}${extra}` };
		const why = reasons.length > 0 ? "" : ": nothing here runs it";
		return { isRight: !isStrict, words: `not verified here${why}${extra}` };
	} catch (error) {
		return { isRight: false, words: `WRONG: ${error instanceof Error ? error.message : error}` };
	}
}

/** The binary of a target, out of its archive. */
function unpack(target: Target): string {
	const name = archiveName(target);
	const [extension, ...command] =
		target.system === "windows" ? ["zip", "unzip", "-q"] : ["tar.gz", "tar", "xzf"];
	const archive = join(DIST, `${name}.${extension}`);
	const { exitCode, stderr } = Bun.spawnSync([...command, archive], { cwd: work });
	if (exitCode !== 0) throw new Error(`cannot unpack ${archive}: ${stderr}`);
	return join(work, name, target.system === "windows" ? "pprotect.exe" : "pprotect");
}

/** What can be told of a binary without running it. */
function inspect(target: Target, path: string): string[] {
	const program = readFileSync(path);
	if (target.system === "macos") {
		const faults = signatureFaults(program);
		if (faults.length > 0) throw new Error(`its code signature: ${faults.slice(0, 5).join(", ")}`);
		return ["all page hashes of its code signature are right"];
	}
	return target.isMusl ? [`needs ${neededLibraries(program).join(", ")}`] : [];
}

async function tryMachines(target: Target, binary: string) {
	const names: string[] = [];
	const reasons: string[] = [];
	for (const [index, make] of machineMakers(target).entries()) {
		const folder = join(work, `${target.name}-${index}`);
		mkdirSync(folder);
		try {
			const machine = await make(binary, folder);
			await runScenario(machine);
			names.push(machine.name);
		} catch (error) {
			if (!(error instanceof Missing)) throw error;
			reasons.push(error.message);
		}
	}
	return { names, reasons };
}
