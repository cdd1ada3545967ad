/** No kernel: `#kernel` where the runtime is not Bun, so that no bundler ever meets `bun:ffi`. */
import type { Kernel } from "./kernel.ts";

export const kernel: Kernel | undefined = undefined;
