/**
 * A protected file as lines that make sense one by one, for git to compare: each names what it
 * is of, with a digest of its box that changes when the box does. No value and no box is shown,
 * and of what is no box (a plaintext pasted by hand) no digest either, as it could be guessed.
 */
import { shortDigest } from "../crypto/digest.ts";
import type { FileData } from "../format/data.ts";
import { isSealedBox } from "../format/envelope.ts";
import { unionOfNames } from "./compare.ts";
import { describeKey } from "./key-words.ts";

/**
 * The file's lines, in the file's order.
 *
 * @param comments each as it stands.
 */
export function summarize(data: FileData, comments: readonly string[] = []): string[] {
	return [
		...unionOfNames(data.domains).flatMap((name) => summarizeDomain(name, data)),
		...unionOfNames(data.custodians).map((name) => {
			const pwdkm = data.custodians.get(name) ?? "";
			return `custodian ${name} (${describeKey(pwdkm)}) ${shortDigest(pwdkm)}`;
		}),
		...comments.map((comment) => `comment ${comment}`),
		...data.auditLog.map((entry) => `log ${entry}`),
	];
}

function summarizeDomain(name: string, { domains }: FileData): string[] {
	const domain = domains.get(name);
	if (!domain) return [];
	return [
		`domain ${name}`,
		`key of ${name} ${shortDigest(domain.publicKey)}`,
		...unionOfNames(domain.owners).map(
			(owner) => `owner ${owner} of ${name} ${digestOf(domain.owners.get(owner))}`,
		),
		...unionOfNames(domain.secrets).map(
			(secret) => `secret ${secret} in ${name} ${digestOf(domain.secrets.get(secret))}`,
		),
	];
}

function digestOf(box = ""): string {
	return isSealedBox(box) ? shortDigest(box) : "(no sealed box)";
}
