/** The kernel through `bun:ffi`, of which each part is loaded when it is first used. */
import type { Kernel } from "./kernel.ts";

export const kernel: Kernel | undefined = {
	folderLock: () =>
		process.platform === "win32"
			? import("../store/named-mutex.ts")
			: import("../store/folder-lock.ts"),

	async ignoredSignals() {
		if (process.platform === "win32") return () => false;
		const { isIgnored } = await import("../signals/disposition.ts");
		return isIgnored;
	},
};
