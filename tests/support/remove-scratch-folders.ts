/** Loaded before all tests (bunfig.toml), as only what is loaded there can act after the last one. */
import { afterAll } from "bun:test";
import { removeScratchFolders } from "./scratch-folder.ts";

afterAll(removeScratchFolders);
