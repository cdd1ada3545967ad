import type { load, update } from "../store/store.ts";

/** What the library asks of the system around it: files. */
export interface Host {
	readonly load: typeof load;
	readonly update: typeof update;
}
