/** What linux's /proc says of a running program: all that it inherited. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A program that was started, and waits. */
export interface View {
	/** Its number before pprotect or anything else had run in it. */
	readonly pid: number;
	/** By file under /proc/PID: what is there, less what differs between any two runs. */
	readonly proc: Readonly<Record<string, readonly string[]>>;
	/** The parts of environ, apart: each character is one byte. */
	readonly environment: readonly string[];
	/** The file that it runs. */
	readonly program: string;
}

export interface ViewOptions {
	readonly cwd: string;
	readonly env: Record<string, string>;
	/** Shell commands that run first, in the parent of the program. */
	readonly setUp?: string;
}

/** What differs between two runs of one program: numbers of processes, memory, time. */
const VARYING_STATUS = /^(State|Tgid|Pid|PPid|NStgid|NSpid|Vm\w+|Rss\w+|SigQ|\w+_ctxt_switches):/;

/** Fields of /proc/PID/stat by their number in proc(5). */
const STAT_FIELDS = {
	pgrp: 5,
	session: 6,
	tty: 7,
	foreground: 8,
	priority: 18,
	nice: 19,
	threads: 20,
	"interval timer": 21,
	"exit signal": 38,
	"real-time priority": 40,
	policy: 41,
};

/** Files that are the same for two runs of one program. */
const SAME_FILES = [
	"autogroup",
	"cgroup",
	"cmdline",
	"comm",
	"coredump_filter",
	"cpuset",
	"gid_map",
	"limits",
	"loginuid",
	"oom_score_adj",
	"personality",
	"sessionid",
	"timers",
	"timerslack_ns",
	"uid_map",
];

/**
 * Starts `command`, which copies its standard input to its output as `cat` does, with a shell
 * as its parent, and looks at it once it runs.
 */
export async function view(command: readonly string[], options: ViewOptions): Promise<View> {
	// The inner shell's number is that of the command, whose place it gives it.
	const script = `${options.setUp ?? ":"}; sh -c 'echo $$; exec "$@"' sh "$@"; exit $?`;
	const child = Bun.spawn(["sh", "-c", script, "sh", ...command], {
		cwd: options.cwd,
		env: options.env,
		stdin: "pipe",
		stdout: "pipe",
		stderr: "pipe",
	});
	child.stdin.write("ready\n");
	child.stdin.flush();
	const [pid = ""] = await readLines(child.stdout, 2);
	const seen = viewProcess(Number(pid), child.pid);
	child.stdin.end();
	const stderr = await child.stderr.text();
	if ((await child.exited) === 0 && stderr === "") return seen;
	throw new Error(`${command.join(" ")}: ${stderr}`);
}

async function readLines(stream: ReadableStream<Uint8Array>, count: number): Promise<string[]> {
	let text = "";
	for await (const chunk of stream) {
		text += Buffer.from(chunk).toString("latin1");
		const lines = text.split("\n");
		if (lines.length > count) return lines.slice(0, count);
	}
	throw new Error(`expected ${count} lines, saw ${JSON.stringify(text)}`);
}

function viewProcess(pid: number, parent: number): View {
	const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, "latin1");
	const link = (name: string) => readlinkSync(`/proc/${pid}/${name}`);
	const status = read("status").split("\n");
	const stat = read("stat")
		.replace(/^.*\) /, "")
		.split(" ");
	const proc: Record<string, string[]> = {
		status: status.filter((line) => !VARYING_STATUS.test(line)),
		stat: Object.entries(STAT_FIELDS).map(([name, field]) => `${name} ${stat[field - 3]}`),
		parent: [status.includes(`PPid:\t${parent}`) ? "the caller" : "another"],
		links: ["cwd", "exe", "root"].map(link),
		namespaces: readdirSync(`/proc/${pid}/ns`).map((name) => link(`ns/${name}`)),
		threads: readdirSync(`/proc/${pid}/task`).map((thread) => read(`task/${thread}/comm`)),
		children: [read(`task/${pid}/children`)],
		fd: readdirSync(`/proc/${pid}/fd`).map((fd) => `${fd} ${kind(link(`fd/${fd}`))}`),
		fdinfo: readdirSync(`/proc/${pid}/fdinfo`).map((fd) =>
			read(`fdinfo/${fd}`).replace(/ino:.*\n/, ""),
		),
		"mapped files": [...new Set(read("maps").match(/\/.*$/gm))],
	};
	for (const name of SAME_FILES) proc[name] = readIfThere(() => read(name)).split("\n");
	return { pid, proc, environment: read("environ").split("\0").slice(0, -1), program: link("exe") };
}

/** `pipe:[12345]` is another pipe in each run. */
function kind(target: string): string {
	return target.replace(/:\[\d+\]$/, "");
}

/** Not every kernel has every file. */
function readIfThere(read: () => string): string {
	try {
		return read();
	} catch {
		return "";
	}
}

/**
 * Waits until `condition` holds.
 *
 * @throws Error after ten seconds.
 */
export async function until(condition: () => boolean): Promise<void> {
	const end = performance.now() + 10_000;
	while (!condition()) {
		if (performance.now() > end) throw new Error(`never: ${condition}`);
		await Bun.sleep(1);
	}
}
