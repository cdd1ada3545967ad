/** Hex, the notation of the RFCs' vectors; blanks are for the reader. */
export function hex(text: string): Uint8Array {
	return new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));
}

export function toHex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("hex");
}
