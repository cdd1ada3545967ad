/**
 * What is open when exec starts is open for the command, and nothing else is: with the programs
 * that rely on it, each compared with itself without pprotect.
 */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeSecrets, type Secrets } from "../support/container-secrets.ts";
import { run } from "../support/exec-driver-process.ts";
import { scratchFolder } from "../support/pprotect.ts";

setDefaultTimeout(30_000);

const has = (...programs: string[]) => programs.every((program) => Bun.which(program));

/** Opens one descriptor of every kind, some at odd numbers, and becomes the command. */
const OPEN_ALL_KINDS = `
import ctypes, os, select, socket, sys
libc = ctypes.CDLL(None)
def keep(fd):
    os.set_inheritable(fd, True)
    return fd
event = keep(libc.eventfd(5, 0))
keep(libc.inotify_init1(0)); keep(libc.timerfd_create(1, 0))
read, write = os.pipe(); keep(read); keep(write)
poll = select.epoll.fromfd(keep(libc.epoll_create1(0)))
poll.register(read, select.EPOLLIN); poll.register(event, select.EPOLLIN)
keep(libc.epoll_create1(0))
for end in socket.socketpair(): keep(end.detach())
keep(os.memfd_create("x", 0)); keep(os.pidfd_open(os.getpid()))
file = keep(os.open(sys.argv[0], os.O_RDONLY)); os.lseek(file, 7, 0)
keep(os.open("/", os.O_RDONLY | os.O_DIRECTORY)); keep(os.open("/", os.O_PATH))
for number in (50, 200): os.dup2(file, number)
sys.stdout.flush()
os.execvp(sys.argv[1], sys.argv[1:])
`;

/** Each descriptor with its flags, its place, and what it stands for but for its serial number. */
const LIST = `
import os, re
for number in sorted(map(int, os.listdir("/proc/self/fd"))):
    try: target = os.readlink(f"/proc/self/fd/{number}")
    except OSError: continue
    info = open(f"/proc/self/fdinfo/{number}").read().splitlines()
    print(number, re.sub(r"[0-9]{3,}", "N", target), [i for i in info if i.startswith(("flags", "pos"))] if number > 2 else "")
`;

/** Sends what it is told to its parent, as PM2 and cluster workers do. */
const NODE_PARENT = `
const [file, ...args] = process.argv.slice(1);
const child = require("child_process").spawn(file, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
child.on("message", (message) => console.log("message", message)).on("exit", (code) => console.log("exit", code));
`;
const NODE_CHILD = "process.send('ready', () => process.disconnect())";

describe.skipIf(process.platform !== "linux")("descriptors (linux)", () => {
	let secrets: Secrets;
	let folder: string;
	beforeAll(async () => {
		secrets = await makeSecrets({ prod: { DB_PASSWORD: "hunter2" } });
		folder = scratchFolder();
		writeFileSync(join(folder, "all.py"), OPEN_ALL_KINDS);
		writeFileSync(join(folder, "list.py"), LIST);
	});

	/** `command` by itself and through exec, both where `script`, for bash, has `"$@"`. */
	function compare(script: string, command: readonly string[], shell = "bash") {
		const options = { env: { ...secrets.env, PARENT: NODE_PARENT }, cwd: folder };
		const [without, within] = [command, secrets.exec(command)].map((line) =>
			run([shell, "-c", script, shell, ...line], options),
		);
		return { without, within };
	}

	/** Without pprotect `command` prints `stdout`, and within too. */
	function expectSame(stdout: string, script: string, command: readonly string[]) {
		const { without, within } = compare(script, command);
		expect(without).toEqual({ exitCode: 0, stdout, stderr: "" });
		expect(within).toEqual({ exitCode: 0, stdout, stderr: "" });
	}

	test.skipIf(!has("bash"))("a process substitution (bash)", () => {
		expectSame("a\nb\n", '"$@" <(echo a) <(echo b)', ["cat"]);
		expectSame("in\n", '"$@" > >(cat)', ["echo", "in"]);
	});

	test.skipIf(!has("bash", "flock"))(
		"a lock, for as long as the command runs (bash, flock)",
		() => {
			const isHeld = ["sh", "-c", "flock -n lock true && echo free || echo held"];
			expectSame("held\n", '(flock -n 9 && exec "$@") 9>lock', isHeld);
			expectSame("free\n", '"$@"', isHeld);
		},
	);

	test.skipIf(!has("bash"))("a readiness channel, at any number (bash)", () => {
		for (const number of [3, 4, 5, 11, 200]) {
			const tell = ["bash", "-c", `echo ready >&${number}`];
			expectSame("ready\n", `exec ${number}> >(cat); "$@"; exec ${number}>&-; wait $!`, tell);
		}
	});

	test.skipIf(!has("bash"))("sockets of a service manager, and their names (bash)", () => {
		const show = ["sh", "-c", "echo $LISTEN_FDS $LISTEN_FDNAMES; [ $LISTEN_PID = $$ ] && cat <&4"];
		const script =
			'exec 3</dev/null 4< <(echo four); export LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=a:b; exec "$@"';
		expectSame("2 a:b\nfour\n", script, show);
	});

	test.skipIf(!has("bash", "node"))("Node's channel to its parent (bash, node)", () => {
		expectSame("message ready\nexit 0\n", 'node -e "$PARENT" -- "$@"', ["node", "-e", NODE_CHILD]);
	});

	test.skipIf(!has("bash", "make"))("make's job server (bash, make)", () => {
		writeFileSync(join(folder, "inner.mk"), "all: a b\na b:\n\t@echo done\n");
		writeFileSync(join(folder, "outer.mk"), "all:\n\t+@$(RUN)\n");
		const inner = ["make", "--no-print-directory", "-f", "inner.mk"];
		expectSame("done\ndone\n", 'make -sj3 -f outer.mk RUN="$*"', inner);
	});

	test.skipIf(!has("bash"))("one that is not open stays so (bash)", () => {
		const list = ["sh", "-c", "ls /proc/$$/fd; :"];
		expectSame("0\n1\n2\n4\n", '"$@" 3<&- 4</dev/null', list);
	});

	test.skipIf(!has("bash", "python3"))("one of every kind, and no other (bash, python3)", () => {
		const { without, within } = compare('exec python3 all.py "$@" 2>&1 | cat', [
			"python3",
			"list.py",
		]);
		expect(without?.stdout.split("\n").length).toBeGreaterThan(18);
		expect(without?.stdout).toContain("anon_inode:[eventpoll]");
		expect(within).toEqual(without);
	});

	test.skipIf(!has("bash"))("but the passphrase's is closed (bash)", () => {
		const command = secrets.exec(["sh", "-c", "ls /proc/$$/fd; :"], "--passphrase-fd", "5");
		const { PATH = "" } = process.env;
		const env = { PATH, PPROTECT_USER: secrets.user };
		const script = 'exec 3</dev/null 4>&- 5<key 6</dev/null; exec "$@"';
		const { stdout } = run(["bash", "-c", script, "bash", ...command], { env, cwd: secrets.cwd });
		expect(stdout).toBe("0\n1\n2\n3\n6\n");
	});
});
