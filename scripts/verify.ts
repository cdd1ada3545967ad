/**
 * `bun run verify`: builds everything, runs every check and every test, and ends with one line,
 * `N passed, N failed` or `N passed, N failed, N skipped`. A check or build that fails counts as
 * one failed test, with PPROTECT_STRICT_SKIPS=1 also a test that is skipped for want of a tool.
 * The exit code is 0 only where tests ran and nothing failed.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { installBundlers } from "./bundlers.ts";
import { ROOT } from "./compile.ts";
import { bun, tool } from "./tools.ts";

/** Some tests take a processor and a gigabyte each. */
const MOST_WORKERS = 4;

interface Counts {
	readonly passed: number;
	failed: number;
	readonly skipped: number;
}

function check(name: string, run: () => boolean): boolean {
	console.log(`\n== ${name}`);
	const isGood = run();
	if (!isGood) console.log(`== ${name}: FAILED`);
	return isGood;
}

function runTests(): Counts {
	const folder = mkdtempSync(join(tmpdir(), "pprotect-verify-"));
	const report = join(folder, "junit.xml");
	try {
		const isGood = check("tests", () =>
			bun(
				"test",
				`--parallel=${Math.min(MOST_WORKERS, availableParallelism())}`,
				"--timeout=60000",
				"--reporter=junit",
				`--reporter-outfile=${report}`,
			),
		);
		const counts = readCounts(report);
		for (const name of unexplainedSkips(report)) {
			console.log(`skipped without a reason that CI knows: ${name}`);
			if (process.env.PPROTECT_STRICT_SKIPS === "1") counts.failed++;
		}
		// A file that cannot even be loaded is in the exit code only.
		return isGood ? counts : { ...counts, failed: Math.max(1, counts.failed) };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** Why a test may be skipped in CI too: the machine is of another kind, or has no such right. */
const SKIP_REASONS =
	/root|windows|macos|linux|memory control group|namespace|no PowerShell|by hand/i;

/** The tests that were skipped for another reason, such as a tool that is not installed. */
function unexplainedSkips(report: string): string[] {
	try {
		const text = readFileSync(report, "utf8");
		const skipped = text.matchAll(
			/<testcase name="([^"]*)"(?: classname="([^"]*)")?[^>]*>\s*<skipped/g,
		);
		const names = [...skipped].map(([, name = "", suite = ""]) => `${suite} > ${name}`);
		return names.filter((name) => !SKIP_REASONS.test(name));
	} catch {
		return [];
	}
}

/** With shellcheck, where it is installed: every file whose first line names a shell. */
function checkShellScripts(): boolean {
	const shellcheck = Bun.which("shellcheck");
	if (shellcheck === null) {
		console.log("skipped: shellcheck is not installed");
		return true;
	}
	const { stdout } = Bun.spawnSync(["git", "grep", "-lzIE", SHEBANG], { cwd: ROOT });
	const scripts = stdout.toString().split("\0").filter(Boolean).filter(isShellScript);
	if (scripts.length === 0) return false;
	return Bun.spawnSync([shellcheck, "--", ...scripts], {
		cwd: ROOT,
		stdout: "inherit",
		stderr: "inherit",
	}).success;
}

const SHEBANG = "^#!.*[/ ](ba|da|k)?sh$";

/** Not a file that holds such a line further down. */
function isShellScript(path: string): boolean {
	return new RegExp(SHEBANG).test(readFileSync(join(ROOT, path), "utf8").split("\n", 1)[0] ?? "");
}

/** The totals of a JUnit report; nothing where there is none. */
function readCounts(report: string): Counts {
	try {
		const [totals = ""] = /<testsuites [^>]*>/.exec(readFileSync(report, "utf8")) ?? [];
		const total = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(totals)?.[1] ?? 0);
		const [tests, failed, skipped] = [total("tests"), total("failures"), total("skipped")];
		return { passed: tests - failed - skipped, failed, skipped };
	} catch {
		return { passed: 0, failed: 0, skipped: 0 };
	}
}

const checks = [
	check("type check", () => tool("tsc", "--noEmit")),
	check("type check of the page", () =>
		tool("tsc", "--noEmit", "--project", "tsconfig.seal-page.json"),
	),
	check("lint and format", () => tool("biome", "check", "--error-on-warnings", ".")),
	check("shell scripts", checkShellScripts),
	check("build the binary", () => bun("scripts/build.ts")),
	check("build the library", () => bun("scripts/build-library.ts")),
];
// Before files of tests that run side by side do it; where it cannot be had, they skip and say so.
installBundlers("inherit");
const { passed, failed: failedTests, skipped } = runTests();
const failed = failedTests + checks.filter((isGood) => !isGood).length;
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
if (failed > 0 || passed === 0) process.exitCode = 1;
