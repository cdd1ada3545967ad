/** `#host` under Bun, Deno and Node. */
import { load, update } from "../store/store.ts";
import type { Host } from "./host.ts";

export const host: Host | undefined = { load, update };
