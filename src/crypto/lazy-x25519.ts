/** `#x25519` in the binary; in the library's package that is static-x25519.ts. */

/** noble's, loaded where the runtime has none: it takes 2 ms, which `exec` never needs. */
export function loadX25519(): typeof import("@noble/curves/ed25519.js").x25519 {
	const { x25519 }: typeof import("@noble/curves/ed25519.js") = require("@noble/curves/ed25519.js");
	return x25519;
}
