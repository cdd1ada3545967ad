/** The worked example of docs/format.md, by libsodium and not by us. */
import { beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sodium from "libsodium-wrappers";
import { ROOT } from "../../scripts/compile.ts";

beforeAll(() => sodium.ready);

test("what docs/format.md works out is so", () => {
	const page = readFileSync(join(ROOT, "docs", "format.md"), "utf8");
	const [, block = ""] = /```example\n([^`]*)```/.exec(page) ?? [];
	const example = new Map(
		block
			.trim()
			.split("\n")
			.map((line) => {
				const [name = "", value = ""] = line.split(/ += /);
				return [name, value.replaceAll('"', "")] as const;
			}),
	);
	const text = (name: string) => example.get(name) ?? "";
	const base64 = (name: string) => Buffer.from(text(name), "base64");
	const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
	const expectHex = (name: string, bytes: Uint8Array) => expect(hex(bytes)).toBe(text(name));

	const pwdkm = base64("pwdkm");
	expect([pwdkm.length, pwdkm[0]]).toEqual([41, 2]);
	const [salt, publicKey] = [pwdkm.subarray(1, 9), pwdkm.subarray(9)];
	expectHex("salt", salt);
	const pre = createHash("sha512")
		.update(text("passphrase"))
		.update(salt)
		.update(text("name"))
		.digest();
	expectHex("pre", pre);
	const privateKey = pre.subarray(0, 32);
	expectHex("private", privateKey);
	expectHex("public", publicKey);
	expectHex("public", sodium.crypto_scalarmult_base(privateKey));

	const owner = base64("owner");
	expect([owner.length, owner[0]]).toEqual([81, 0]);
	const domain = sodium.crypto_box_seal_open(owner.subarray(1), publicKey, privateKey);
	expectHex("domain", domain);
	const domainPublic = sodium.crypto_scalarmult_base(domain);
	expect(base64("public-key")).toEqual(Buffer.concat([Uint8Array.of(0), domainPublic]));
	const secret = base64("secret").subarray(1);
	expectHex("value", sodium.crypto_box_seal_open(secret, domainPublic, domain));
});
