/** What an archive holds beside the binary, the same for every target but for Windows' names. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bashCompletion } from "../../src/cli/completions/bash.ts";
import { fishCompletion } from "../../src/cli/completions/fish.ts";
import { powershellCompletion } from "../../src/cli/completions/powershell.ts";
import { zshCompletion } from "../../src/cli/completions/zsh.ts";
import { commandDefinitions } from "../../src/cli/definitions.ts";
import { COMMANDS } from "../../src/commands/registry.ts";
import { VERSION } from "../../src/version.ts";
import { binaryPath, ROOT } from "../compile.ts";
import { manPage } from "../man.ts";
import type { Target } from "../targets.ts";
import type { ArchiveEntry } from "./archive-entry.ts";
import { signAdHoc } from "./mach-o.ts";
import { thirdPartyLicenses } from "./third-party.ts";

/** `pprotect-0.1.0-linux-x64`: the one folder that an archive unpacks to, and its name. */
export function archiveName(target: Target): string {
	return `pprotect-${VERSION}-${target.name}`;
}

/** The files of the archive for `target`, whose binary has been compiled. */
export async function archiveEntries(target: Target): Promise<ArchiveEntry[]> {
	const commands = await commandDefinitions(COMMANDS);
	const texts = {
		LICENSE: readFileSync(join(ROOT, "LICENSE"), "utf8"),
		"THIRD-PARTY-LICENSES": thirdPartyLicenses(),
		"completions/_pprotect": zshCompletion(commands),
		"completions/pprotect.bash": bashCompletion(commands),
		"completions/pprotect.fish": fishCompletion(commands),
		"completions/pprotect.ps1": powershellCompletion(commands),
		"man/pprotect.1": await manPage(),
	};
	const binary = { path: target.system === "windows" ? "pprotect.exe" : "pprotect" };
	const entries = [
		{ ...binary, bytes: finishedBinary(target), isExecutable: true },
		...Object.entries(texts).map(([path, text]) => ({
			path,
			bytes: Buffer.from(text),
			isExecutable: false,
		})),
	];
	return entries.map((entry) => ({ ...entry, path: `${archiveName(target)}/${entry.path}` }));
}

/** What Bun compiled; for macos-x64, which Bun leaves with the signature of its bare runtime, signed anew. */
function finishedBinary(target: Target): Uint8Array {
	const program = readFileSync(binaryPath(target));
	return target.name === "macos-x64" ? signAdHoc(program, "pprotect") : program;
}
