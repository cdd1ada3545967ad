/** The names of our entries in the keychains of macOS, as the system's own tool shows them. */
import { SERVICE } from "./keychain.ts";

/** Attributes only: without -d the tool shows no password, and asks for nothing. */
const DUMP = ["/usr/bin/security", "dump-keychain"];

export function listMacosKeychain(): string[] {
	return accountsInDump(
		Bun.spawnSync(DUMP, { stdin: "ignore", stderr: "ignore" }).stdout.toString(),
	);
}

/** What stands as `"acct"<blob>="…"` in the entries of our service. */
export function accountsInDump(dump: string): string[] {
	return dump.split(/^keychain: /m).flatMap((entry) => {
		const service = /^\s*"svce"<blob>="(.*)"$/m.exec(entry)?.[1];
		const account = /^\s*"acct"<blob>=(?:0x[0-9A-F]+ {2})?"(.*)"$/m.exec(entry)?.[1];
		return service === SERVICE && account !== undefined ? [account] : [];
	});
}
