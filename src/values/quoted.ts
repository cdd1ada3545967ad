/** What the formats that quote have in common: every secret that one cannot hold is told at once. */
import { ListedError, ProtectError } from "../errors.ts";

/** What writes an entry, or says why it cannot: words that follow "secret NAME ". */
export type EntryWriter = (name: string, value: string) => string | { readonly fault: string };

/**
 * The entries, one behind the other.
 *
 * @throws ProtectError for those that cannot be written, each by name.
 */
export function writeEntries(
	values: ReadonlyMap<string, string>,
	write: EntryWriter,
	hint: string,
): string {
	const faults: string[] = [];
	const lines = [...values].map(([name, value]) => {
		const line = write(name, value);
		if (typeof line === "string") return line;
		faults.push(`secret ${name} ${line.fault}`);
		return "";
	});
	const [first, ...others] = faults;
	if (first !== undefined) {
		if (others.length === 0) throw new ProtectError(first, hint);
		throw new ListedError("these secrets cannot be written in this format", faults, hint);
	}
	return lines.join("");
}
