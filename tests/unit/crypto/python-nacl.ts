/**
 * Debian's python3-nacl: the binding of libsodium that the Python tool itself stands on. Another
 * Python may come first on the PATH, so the system's own is tried as well.
 */
const SCRIPT = `
import json, sys
from nacl.public import PrivateKey, PublicKey, SealedBox
request = json.load(sys.stdin)
key = bytes.fromhex(request["key"])
if request["operation"] == "seal":
    operation = SealedBox(PublicKey(key)).encrypt
else:
    operation = SealedBox(PrivateKey(key)).decrypt
json.dump([operation(bytes.fromhex(m)).hex() for m in request["messages"]], sys.stdout)
`;

const python = ["python3", "/usr/bin/python3"].find((name) => {
	const path = Bun.which(name);
	return path !== null && Bun.spawnSync([path, "-c", "import nacl.public"]).exitCode === 0;
});

export const hasPythonNacl = python !== undefined;

/** Seals to a public key, or opens with a private key, each of the messages, all in hex. */
export function pythonNacl(operation: "seal" | "open", key: string, messages: string[]): string[] {
	const request = JSON.stringify({ operation, key, messages });
	const { stdout, stderr, success } = Bun.spawnSync([python ?? "python3", "-c", SCRIPT], {
		stdin: Buffer.from(request),
	});
	if (!success) throw new Error(stderr.toString());
	return JSON.parse(stdout.toString());
}
