/** The systems that pprotect is released for, and Bun's names for them. */
import { existsSync } from "node:fs";

/** The Bun that the pinned runtimes below are of, and that releases are made with. */
export const BUN_VERSION = "1.4.5";

export interface Target {
	/** The folder under dist/, and a part of the archive's name. */
	readonly name: string;
	readonly system: "linux" | "macos" | "windows";
	readonly processor: "x64" | "arm64";
	readonly isMusl: boolean;
	/** What `bun build --target` calls it. */
	readonly bunTarget: Bun.Build.CompileTarget;
	/** What Bun calls the runtime that it fetches for it, without the version. */
	readonly runtime: string;
	/** SHA-256 of that runtime: Bun fetches runtimes without checking them. */
	readonly runtimeHash: string;
}

/**
 * For x64, Bun's ordinary runtime and its `baseline` one have been the same file since 1.4: both
 * run without AVX2. `bun run verify-release` tries it on such a processor.
 */
export const TARGETS: readonly Target[] = [
	target("linux-x64", "f05d28a3862f4b84395c7fa32480b835dd47482e80b7e7a49a115227f0c06083"),
	target("linux-x64-musl", "cf5d285ddbe256785a5121a3c113191a6b577504976374c7cfd5aedca609b720"),
	target("linux-arm64", "04778f1f42399a69d086853e9c7af4acf574b2f21a43d0dc673853d8b84a2923"),
	target("linux-arm64-musl", "9c48986093073afec8b76a3e285303598dd2462f52748aecb65e4d94866e1ea3"),
	target("macos-x64", "88f97645b270aef20f9f9442f1658461cab3e7128e658af4615144e3396f084a"),
	target("macos-arm64", "e2984124f1514e1e6bbda20adedbf07a02c443c6a5828853a15c7c7abf78e19f"),
	target("windows-x64", "e06ad0864463c68892ae71a2a64af7eae1585cac5dd9b80bc042f45605587cb1"),
	target("windows-arm64", "8bd7f9210f9d58cc21f398d1478e53b2ff919a0c8fc935b5086f3f64667cec6d"),
];

type TargetName =
	| `linux-${Target["processor"]}${"" | "-musl"}`
	| `${"macos" | "windows"}-${Target["processor"]}`;

function target(name: TargetName, runtimeHash: string): Target {
	const system = name.startsWith("linux")
		? "linux"
		: name.startsWith("macos")
			? "macos"
			: "windows";
	const processor = name.includes("arm64") ? "arm64" : "x64";
	const isMusl = name.endsWith("-musl");
	const bunSystem = system === "macos" ? "darwin" : system;
	return {
		name,
		system,
		processor,
		isMusl,
		bunTarget: isMusl ? `bun-linux-${processor}-musl` : `bun-${bunSystem}-${processor}`,
		runtime: `bun-${bunSystem}-${processor === "arm64" ? "aarch64" : "x64"}${isMusl ? "-musl" : ""}`,
		runtimeHash,
	};
}

/** @throws Error that lists the targets, where there is none of that name. */
export function targetNamed(name: string): Target {
	const found = TARGETS.find((known) => known.name === name);
	if (found) return found;
	throw new Error(`no target ${name}; there are: ${TARGETS.map((known) => known.name).join(" ")}`);
}

/** This machine's target. */
export function hostTarget(): Target {
	const system = { linux: "linux", darwin: "macos", win32: "windows" }[String(process.platform)];
	if (system === undefined) throw new Error(`pprotect is not built for ${process.platform}`);
	const processor = process.arch === "arm64" ? "arm64" : "x64";
	return targetNamed(`${system}-${processor}${system === "linux" && isMuslHost() ? "-musl" : ""}`);
}

/** Not by the loader alone: other systems have it too, where musl is installed as a package. */
function isMuslHost(): boolean {
	const name = process.arch === "arm64" ? "aarch64" : "x86_64";
	return existsSync(`/lib/ld-musl-${name}.so.1`) && existsSync("/etc/alpine-release");
}
