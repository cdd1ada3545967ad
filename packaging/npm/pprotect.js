#!/usr/bin/env node
// Runs the program of this system's package: in the place of this process where Node can do that,
// else as its child, which gets the signals and descriptors that this process gets.
import { spawn } from "node:child_process";
import { fstatSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";

const program = findProgram();
const args = process.argv.slice(2);
const descriptors = markedDescriptors();
// A descriptor that Node has marked close-on-exec at its start reaches a child only.
if (
	typeof process.execve === "function" &&
	process.platform !== "win32" &&
	descriptors.size === 0
) {
	process.execve(program, [program, ...args], process.env);
}
runAsChild();

/** The path of the program; ends with 1 where its package is not installed. */
function findProgram() {
	const require = createRequire(import.meta.url);
	const system = { darwin: "macos", win32: "windows" }[process.platform] ?? process.platform;
	const target = `${system}-${process.arch}`;
	const found = [target, ...(system === "linux" ? [`${target}-musl`] : [])].flatMap((name) => {
		try {
			return require.resolve(`@pprotect/${name}/pprotect${system === "windows" ? ".exe" : ""}`);
		} catch {
			return [];
		}
	});
	const [first, second] = found;
	if (first === undefined) {
		console.error(`pprotect: error: the package @pprotect/${target} is not installed`);
		console.error(
			"pprotect: hint: install without --omit=optional, on the system that runs pprotect",
		);
		process.exit(1);
	}
	// Both are there where the package manager does not look at the C library.
	return second !== undefined && isMusl() ? second : first;
}

function isMusl() {
	process.report.excludeNetwork = true;
	return process.report.getReport().header.glibcVersionRuntime === undefined;
}

/**
 * The descriptors that this process was started with and that a program in its place would not
 * get, on Linux. Node's own are event descriptors, and pipes of which it has both ends.
 */
function markedDescriptors() {
	const all = new Map();
	if (process.platform === "linux") {
		for (const name of readdirSync("/proc/self/fd")) {
			try {
				const flags = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, "utf8"));
				const status = fstatSync(Number(name));
				const isMarked = (Number.parseInt(flags?.[1] ?? "0", 8) & 0o2000000) !== 0;
				if (Number(name) > 2 && isMarked) all.set(Number(name), status);
			} catch {
				// It was the folder's own.
			}
		}
	}
	const inodes = [...all.values()].map(({ ino }) => ino);
	const isInherited = (status) =>
		status.isFIFO()
			? inodes.filter((ino) => ino === status.ino).length === 1
			: status.isFile() || status.isSocket() || status.isDirectory();
	return new Set([...all].flatMap(([number, status]) => (isInherited(status) ? number : [])));
}

function runAsChild() {
	const length = Math.max(2, ...descriptors) + 1;
	const stdio = Array.from({ length }, (_, number) =>
		number <= 2 || descriptors.has(number) ? number : "ignore",
	);
	const child = spawn(program, args, { stdio });
	// The terminal sends these to the whole group, the child included.
	const fromTerminal = new Set(process.stdin.isTTY ? ["SIGINT", "SIGQUIT", "SIGWINCH"] : []);
	const listeners = Object.keys(constants.signals).flatMap((signal) => {
		// The first three cannot be caught. SIGPROF and SIGCHLD are Node's own.
		if (["SIGKILL", "SIGSTOP", "SIGTSTP", "SIGPROF", "SIGCHLD"].includes(signal)) return [];
		const listener = () => fromTerminal.has(signal) || child.kill(signal);
		try {
			process.on(signal, listener);
			return [[signal, listener]];
		} catch {
			return [];
		}
	});
	child.on("error", ({ message }) => {
		console.error(`pprotect: error: cannot run ${program}: ${message}`);
		process.exit(126);
	});
	child.on("exit", (code, signal) => {
		for (const [name, listener] of listeners) process.off(name, listener);
		if (signal === null) process.exit(code);
		process.exitCode = 128 + constants.signals[signal];
		process.kill(process.pid, signal);
	});
}
