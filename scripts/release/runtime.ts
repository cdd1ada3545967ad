/** Whether the runtime that Bun puts into a binary is the one that this release is pinned to. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../compile.ts";
import { BUN_VERSION, hostTarget, type Target } from "../targets.ts";

/** @throws Error unless this is the Bun that package.json and targets.ts name. */
export function assertBunVersion(): void {
	if (Bun.version === BUN_VERSION) return;
	throw new Error(
		`this is Bun ${Bun.version}; releases are made by: npx --yes bun@${BUN_VERSION} run release`,
	);
}

/**
 * For use after the binary is compiled: by then Bun has fetched the runtime.
 *
 * @throws Error where a runtime that Bun may have used is another one.
 */
export function assertRuntime(target: Target): void {
	const path = runtimePath(target);
	if (!existsSync(path)) throw new Error(`Bun's runtime for ${target.name} is not at ${path}`);
	const found = createHash("sha256").update(readFileSync(path)).digest("hex");
	if (found === target.runtimeHash) return;
	throw new Error(`the runtime ${path} has SHA-256 ${found}, which targets.ts does not expect`);
}

/** The runtime of a target: the Bun that runs us, or where Bun keeps what it fetches. */
export function runtimePath(target: Target): string {
	if (target.name === hostTarget().name) return process.execPath;
	const cache = Bun.spawnSync([process.execPath, "pm", "cache"], { cwd: ROOT });
	return join(cache.stdout.toString().trim(), `${target.runtime}-v${BUN_VERSION}`);
}
