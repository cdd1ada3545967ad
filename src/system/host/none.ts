/** `#host` in browsers and workers, where there are no files, and no modules for them. */
import type { Host } from "./host.ts";

export const host: Host | undefined = undefined;
