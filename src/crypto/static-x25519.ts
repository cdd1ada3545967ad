/** `#x25519` in the library's package, so that every bundler follows it. */
import { x25519 } from "@noble/curves/ed25519.js";

export function loadX25519(): typeof x25519 {
	return x25519;
}
