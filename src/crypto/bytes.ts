/** What there is to do with secret bytes: draw, compare, join, wipe. All noble's. */
export {
	/** Overwrites arrays that held a secret with zeros. JavaScript strings cannot be wiped. */
	clean as wipe,
	/** A new array of all the given ones, in order. */
	concatBytes,
	/** Whether two arrays hold the same bytes, in a time that depends on their lengths only. */
	equalBytes,
	/** The bytes that hexadecimal digits name. */
	hexToBytes,
	/** That many bytes from the platform's CSPRNG. */
	randomBytes,
} from "@noble/ciphers/utils.js";
