import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { fingerprint } from "../../../src/crypto/fingerprint.ts";

test("a fingerprint is the start of the key's SHA-256, in groups that a person can read out", () => {
	const key = new Uint8Array(32).map((_, index) => index);
	const digest = createHash("sha256").update(key).digest("hex");
	expect(fingerprint(key)).toMatch(/^[0-9a-f]{4}(-[0-9a-f]{4}){4}$/);
	expect(digest).toStartWith(fingerprint(key).replaceAll("-", ""));
});
