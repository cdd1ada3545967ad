import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { asFirst, canBeFirst, FIRST } from "../../../support/container-namespace.ts";
import {
	compileDriver,
	type Driver,
	type Outcome,
	run,
	runInShell,
	through,
} from "../../../support/exec-driver-process.ts";
import type { DriverRequest } from "../../../support/exec-driver-request.ts";

const isRoot = process.geteuid?.() === 0;
const hasStrace = Bun.which("strace") !== null;
const hasSetpriv = Bun.which("setpriv") !== null;

/** What differs between any two runs of one program. */
const VARYING = /^(Tgid|Pid|PPid|NStgid|NSpid|Vm\w+|Rss\w+|SigQ|\w+_ctxt_switches):/;

function statusLines(outcome: Outcome): string[] {
	return outcome.stdout.split("\n").filter((line) => !VARYING.test(line));
}

describe.skipIf(process.platform !== "linux")("exec on linux (reads /proc)", () => {
	let driver: Driver;
	beforeAll(() => {
		driver = compileDriver();
	});
	afterAll(() => driver.remove());

	/** Runs `command` by itself and through the driver, both in `script` where they are `"$@"`. */
	function compare(command: string[], script = '"$@"', request: DriverRequest = {}) {
		const without = runInShell(script, command);
		const within = runInShell(script, through(driver, command, request));
		return { without, within };
	}

	/** Makes an executable file in the scratch folder. */
	function makeFile(name: string, text: string | Uint8Array, mode = 0o755): string {
		const path = join(driver.folder, name);
		mkdirSync(join(path, ".."), { recursive: true });
		writeFileSync(path, text);
		chmodSync(path, mode);
		return path;
	}

	describe("what the command inherits", () => {
		test("the status of a plain child", () => {
			const { without, within } = compare(["cat", "/proc/self/status"]);
			expect(statusLines(within)).toEqual(statusLines(without));
			expect(within.stderr).toBe("");
		});

		test("its arguments, byte for byte", () => {
			const script = `exec "$@" "$(printf 'caf\\351 \\377')" '' -- "a b" é`;
			const { without, within } = compare(["sh", "-c", "cat /proc/$$/cmdline"], script);
			expect(without.stdout).toContain("caf\xe9 \xff\0\0--\0a b\0");
			expect(within.stdout).toBe(without.stdout);
		});

		test("standard input, not a byte of it read", () => {
			const options = { stdin: "one\ntwo" };
			expect(run(through(driver, ["cat"]), options).stdout).toBe("one\ntwo");
		});

		test("the descriptors that were open, and no other", () => {
			const script = 'exec 3</dev/null 7</dev/null; exec "$@"';
			const list = ["sh", "-c", "ls /proc/$$/fd; :"];
			expect(runInShell(script, through(driver, list)).stdout).toBe("0\n1\n2\n3\n7\n");
			expect(runInShell('exec "$@"', through(driver, list)).stdout).toBe("0\n1\n2\n");
		});

		test("a standard stream that is closed", () => {
			const list = ["sh", "-c", "readlink /proc/$$/fd/0 || echo closed"];
			const { without, within } = compare(list, '"$@" <&-');
			expect(within.stdout).toBe(without.stdout);
		});

		test("its file status flags, O_NONBLOCK among them", () => {
			const flags = ["sh", "-c", "grep -h flags /proc/$$/fdinfo/[012]"];
			const { without, within } = compare(flags);
			expect(within.stdout).toBe(without.stdout);
		});

		test("folder, umask, priority, process and parent", () => {
			const report = ["sh", "-c", "pwd; umask; nice; cat /proc/self/oom_score_adj; echo $$ $PPID"];
			const script = 'cd /; umask 027; echo $$ $PPID; exec nice -n 5 "$@"';
			const { without, within } = compare(report, script);
			const lines = ({ stdout }: Outcome) => stdout.trimEnd().split("\n");
			const [identity, ...rest] = lines(within);
			expect(rest.slice(0, -1)).toEqual(lines(without).slice(1, -1));
			expect(rest.slice(0, 2)).toEqual(["/", "0027"]);
			expect(rest.at(-1)).toBe(identity);
		});
	});

	describe.skipIf(!hasStrace)("on systems that lack a call (needs strace)", () => {
		const request: DriverRequest = { files: [["F", "text"]] };
		const show = ["sh", "-c", 'cat "$F"'];

		/** Runs `command` through the driver where the kernel refuses what `fault` says. */
		function runWith(fault: string, command: string[]) {
			return run(["strace", "-o", "/dev/null", "-e", `inject=${fault}`, ...command]);
		}

		test.each(["ENOSYS", "EINVAL", "EPERM"])("close_range: %s", (error) => {
			const script = 'exec 5</dev/null; exec "$@"';
			const list = through(driver, ["sh", "-c", "ls /proc/$$/fd; :"]);
			const outcome = runWith(`close_range:error=${error}`, ["sh", "-c", script, "sh", ...list]);
			expect(outcome).toEqual({ exitCode: 0, stdout: "0\n1\n2\n5\n", stderr: "" });
		});

		test("memory files that cannot be run", () => {
			const outcome = runWith("memfd_create:error=EINVAL:when=1", through(driver, show, request));
			expect(outcome).toEqual({ exitCode: 0, stdout: "text", stderr: "" });
		});

		test("memory files", () => {
			const outcome = runWith("memfd_create:error=ENOSYS", through(driver, show, request));
			expect(outcome.exitCode).toBe(1);
			expect(outcome.stderr).toContain("cannot create a memory file");
			expect(outcome.stdout).toBe("");
		});
	});

	describe("signals", () => {
		test("a broken pipe ends a writer as it does without us", () => {
			const writer = ["sh", "-c", "{ yes; echo $? >&2; } | head -n 1"];
			const { without, within } = compare(writer);
			expect(within).toEqual(without);
			expect(within.stderr).toBe("141\n");
		});

		test("none is blocked, even if our caller blocks some", () => {
			const raw = join(import.meta.dir, "../../../support/exec-raw.ts");
			const show = ["grep", "SigBlk", "/proc/self/status"];
			const environment = ["PATH=/usr/bin:/bin"];
			const start = (argv: string[]) => {
				const lists = [argv, environment].map((list) => JSON.stringify(list));
				return run([process.execPath, raw, ...lists, "block"]).stdout;
			};
			expect(start(show)).not.toContain("0000000000000000");
			expect(start(through(driver, show))).toBe("SigBlk:\t0000000000000000\n");
		});

		test("a signal that our caller ignores stays ignored", () => {
			const { without, within } = compare(
				["grep", "Sig[BIC]", "/proc/self/status"],
				`trap '' HUP INT USR1; "$@"`,
			);
			expect(without.stdout).toContain("SigIgn:\t0000000000000203");
			expect(within.stdout).toBe(without.stdout);
		});
	});

	describe("the limit of open files", () => {
		const LIMITS = ["grep", "open files", "/proc/self/limits"];

		test("is our caller's", () => {
			const { without, within } = compare(LIMITS, 'ulimit -Sn 400; "$@"; :');
			expect(without.stdout).toMatch(/^Max open files +400 /);
			expect(within.stdout).toBe(without.stdout);
		});

		test("leaves the other limits alone", () => {
			const { without, within } = compare(["cat", "/proc/self/limits"], 'ulimit -c 7; "$@"; :');
			expect(within.stdout).toBe(without.stdout);
		});

		test("stays raised where it was set for us alone", () => {
			const script = 'ulimit -Sn 400; (ulimit -n 500; exec "$@"); :';
			const { stdout } = runInShell(script, through(driver, LIMITS));
			expect(stdout).toMatch(/^Max open files +500 +500 /);
		});
	});

	describe("the environment", () => {
		const DUMP = ["cat", "/proc/self/environ"];

		/** The environment that the command has when the driver starts in `environment`. */
		function environmentAfter(environment: string[], request: DriverRequest): string[] {
			const raw = join(import.meta.dir, "../../../support/exec-raw.ts");
			const command = through(driver, DUMP, request).map((text) =>
				Buffer.from(text).toString("latin1"),
			);
			const lists = [command, environment].map((list) => JSON.stringify(list));
			const { stdout, stderr } = run([process.execPath, raw, ...lists]);
			expect(stderr).toBe("");
			return stdout.split("\0").slice(0, -1);
		}

		test("passes byte for byte: duplicates, no UTF-8, no equals sign, no value, no name", () => {
			const odd = [
				"A=1",
				"X=\xff\xfe\x80",
				"A=2",
				"NOTHING",
				"E=",
				"=odd",
				"",
				"PATH=/usr/bin:/bin",
			];
			expect(environmentAfter(odd, {})).toEqual(odd);
		});

		test("gets a secret in place of all variables of its name", () => {
			const before = ["S=old", "PATH=/usr/bin:/bin", "S=older", "SS=x"];
			const after = environmentAfter(before, { set: [["S", "nëw\nline=1"]] });
			expect(after).toEqual(["PATH=/usr/bin:/bin", "SS=x", "S=n\xc3\xabw\nline=1"]);
		});

		test("loses every duplicate of a credential", () => {
			const before = ["P=1", "PATH=/usr/bin:/bin", "P=2", "PP=3"];
			expect(environmentAfter(before, { unset: ["P"] })).toEqual(["PATH=/usr/bin:/bin", "PP=3"]);
		});

		test("keeps only what it may", () => {
			const before = ["A=1", "PATH=/usr/bin:/bin", "NOTHING", "B=2", "A=3"];
			const after = environmentAfter(before, { keepOnly: ["PATH", "A"], set: [["S", "s"]] });
			expect(after).toEqual(["A=1", "PATH=/usr/bin:/bin", "A=3", "S=s"]);
		});

		test("may be empty", () => {
			expect(environmentAfter([], {})).toEqual([]);
		});
	});

	describe("finding the command", () => {
		test("in the PATH that it will see", () => {
			makeFile("bin/where", "#!/bin/sh\necho here");
			const set = [["PATH", join(driver.folder, "bin")]] as const;
			expect(run(through(driver, ["where"], { set })).stdout).toBe("here\n");
			expect(run(through(driver, ["where"])).exitCode).toBe(127);
		});

		test("past files that may not be run", () => {
			makeFile("first/tool", "", 0o644);
			makeFile("second/tool", "#!/bin/sh\necho second");
			const folders = ["first", "second"].map((name) => join(driver.folder, name));
			const set = [["PATH", ["/nowhere", ...folders].join(delimiter)]] as const;
			expect(run(through(driver, ["tool"], { set })).stdout).toBe("second\n");
			const denied = run(through(driver, ["tool"], { set: [["PATH", folders[0] ?? ""]] }));
			expect(denied.exitCode).toBe(126);
		});

		test("in the current folder only where PATH has an empty entry", () => {
			const file = makeFile("current/tool-here", "#!/bin/sh\necho current");
			const cwd = join(file, "..");
			const at = (path: string) =>
				run(through(driver, ["tool-here"]), { cwd, env: { PATH: path } });
			expect(at("/nowhere:").stdout).toBe("current\n");
			expect(at("").stdout).toBe("current\n");
			expect(at("/nowhere").exitCode).toBe(127);
			expect(run(through(driver, ["tool-here"]), { cwd, env: {} }).exitCode).toBe(127);
		});

		test("without a PATH in the system's folders", () => {
			expect(run(through(driver, ["echo", "found"]), { env: {} }).stdout).toBe("found\n");
		});

		test("a script without #! runs under sh", () => {
			const script = makeFile("bin/plain script", 'echo "$0" "$@"');
			expect(run(through(driver, [script, "a b", "c"])).stdout).toBe(`${script} a b c\n`);
			const set = [["PATH", join(driver.folder, "bin")]] as const;
			expect(run(through(driver, ["plain script"], { set })).stdout).toBe(`${script}\n`);
			expect(run(through(driver, [makeFile("empty", "")])).exitCode).toBe(0);
		});

		test.each([
			["no such command", "no-such-command", 127, "not found"],
			["an empty name", "", 127, "not found"],
			["no such file", "/no/such/file", 127, "there is no such file"],
			["a path through a file", "/etc/passwd/x", 126, "not a directory"],
			["a folder", "/tmp", 126, "it is a folder"],
			["a file that may not be run", "/etc/passwd", 126, "permission denied"],
		])("%s", (_, command, exitCode, reason) => {
			const outcome = run(through(driver, [command]));
			expect(outcome.exitCode).toBe(exitCode);
			expect(outcome.stderr).toStartWith("ExecError: ");
			expect(outcome.stderr).toContain(reason);
			expect(outcome.stdout).toBe("");
		});

		test("a missing interpreter is said to be one", () => {
			const outcome = run(through(driver, [makeFile("orphan", "#!/no/such/interpreter\n")]));
			expect(outcome.exitCode).toBe(127);
			expect(outcome.stderr).toContain("the interpreter or loader that it names does not exist");
		});

		test("a program for another machine is not taken for a script", () => {
			const outcome = run(through(driver, [makeFile("foreign", "\x7fELF\x02\x01\0\0rubbish\n")]));
			expect(outcome.exitCode).toBe(126);
			expect(outcome.stderr).toContain("neither a program for this machine nor a script");
		});

		test("a variable that is too long is named", () => {
			const file = makeFile(
				"large.json",
				JSON.stringify({ set: [["LARGE", "x".repeat(200_000)]] }),
			);
			const outcome = runInShell('exec "$1" "@$2" -- true', [driver.file, file]);
			expect(outcome.exitCode).toBe(126);
			expect(outcome.stderr).toContain('the variable "LARGE" is longer than the system takes');
		});

		test("what it says of a name shows control characters, and no broken UTF-8", () => {
			const outcome = runInShell(`exec "$@" "$(printf 'a\\033\\377')"`, through(driver, []));
			expect(outcome.exitCode).toBe(127);
			expect(outcome.stderr).toContain('"a\\u001b\u{fffd}"');
		});
	});

	describe("requests that cannot be met", () => {
		test.each([
			["a value with a NUL byte", { set: [["V", "a\0b"]] }, "the variable V holds a NUL byte"],
			["a name with an equals sign", { set: [["A=B", "x"]] }, '"A=B" cannot be the name'],
			["a name with a NUL byte", { set: [["A\0", "x"]] }, "cannot be the name"],
			["an empty name", { set: [["", "x"]] }, "cannot be the name"],
			["a file with an empty name", { files: [["", "x"]] }, "cannot be the name"],
		] as const)("%s", (_, request, reason) => {
			const outcome = run(through(driver, ["echo", "started"], request));
			expect(outcome.exitCode).toBe(1);
			expect(outcome.stderr).toContain(reason);
			expect(outcome.stdout).toBe("");
		});

		test("no command", () => {
			expect(run(through(driver, [])).exitCode).toBe(1);
		});
	});

	describe("secrets as files", () => {
		const bytes = "-----BEGIN\r\n\0\xff\n";

		test("are read through their variable, from the start, by children too", () => {
			const show = ["sh", "-c", 'cat "$CERT"; sh -c "cat \\"$CERT\\""; exec cat "$CERT"'];
			const outcome = run(through(driver, show, { files: [["CERT", bytes]] }));
			expect(outcome).toEqual({ exitCode: 0, stdout: bytes.repeat(3), stderr: "" });
		});

		test("each have their own, besides which nothing is open", () => {
			const files = [
				["A", "a"],
				["B", ""],
			] as const;
			const show = ["sh", "-c", 'cat "$A" "$B"; ls /proc/$$/fd; :'];
			const { stdout } = run(through(driver, show, { files }));
			expect(stdout).toMatch(/^a0\n1\n2\n\d+\n\d+\n$/);
		});

		test("cannot be changed", () => {
			const change = '(echo x >"$F"); (echo x >>"$F"); echo x | dd of="$F" conv=notrunc; cat "$F"';
			const outcome = run(through(driver, ["sh", "-c", change], { files: [["F", "kept"]] }));
			expect(outcome.stdout).toBe("kept");
		});

		test.skipIf(!canBeFirst)(`are read ${FIRST}`, () => {
			const show = asFirst(["sh", "-c", 'cat "$F"']);
			expect(run(through(driver, show, { files: [["F", "seen"]] })).stdout).toBe("seen");
		});

		test.skipIf(!isRoot || !hasSetpriv)(
			"are read after giving up root, with a mode that lets others (needs root, setpriv)",
			() => {
				const show = ["setpriv", "--reuid=65534", "--clear-groups", "sh", "-c", 'cat "$F"'];
				const files = [["F", "seen"]] as const;
				expect(run(through(driver, show, { files })).stdout).toBe("");
				expect(run(through(driver, show, { files, fileMode: 0o444 })).stdout).toBe("seen");
			},
		);

		test.skipIf(!isRoot || !hasSetpriv)("are its owner's alone (needs root, setpriv)", () => {
			chmodSync(driver.folder, 0o755);
			const show = through(driver, ["stat", "-Lc", "%a %u", "/proc/self/fd/5"], {
				files: [["F", ""]],
			});
			const user = ["setpriv", "--reuid=65534", "--clear-groups"];
			expect(run([...user, ...show]).stdout).toBe("400 65534\n");
		});
	});
});
