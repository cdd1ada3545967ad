/** node:crypto, for its native code, where there is one: browsers and some workers have none. */

/**
 * Asks the runtime, and not `import`, so that the library can be loaded where Node's modules do
 * not exist, and so that no bundler looks for them. Bun, Deno and Node from 20.16 answer.
 *
 * It takes 3 to 4 ms to load: call this where it is needed, not where a module is loaded.
 */
export function nodeCrypto(): typeof import("node:crypto") | undefined {
	return globalThis.process?.getBuiltinModule?.("node:crypto");
}
