/** The systems that pprotect is built for, and Bun's names for them. */
export interface Target {
	/** The folder under dist/. */
	readonly name: string;
	/** What `bun build --target` calls it. */
	readonly bunTarget: Bun.Build.CompileTarget;
}

/** This machine's target. */
export function hostTarget(): Target {
	const system = process.platform === "win32" ? "windows" : process.platform;
	if (system !== "linux" && system !== "darwin" && system !== "windows") {
		throw new Error(`pprotect is not built for ${system}`);
	}
	const processor = process.arch === "arm64" ? "arm64" : "x64";
	return { name: `${system}-${processor}`, bunTarget: `bun-${system}-${processor}` };
}
