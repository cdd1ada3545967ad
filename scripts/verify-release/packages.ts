/** Whether the packages for Linux distributions hold the program of the archive. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { VERSION } from "../../src/version.ts";
import { debName } from "../release/deb.ts";
import { rpmName } from "../release/rpm.ts";
import type { Target } from "../targets.ts";

/** @returns what was found. @throws Error where a package holds another program. */
export function packageFacts(target: Target, dist: string, program: Uint8Array): string[] {
	const sum = createHash("sha256").update(program).digest("hex");
	const found = [
		["deb", sumInDeb(join(dist, debName(target, VERSION)))],
		["rpm", sumInRpm(join(dist, rpmName(target, VERSION)))],
	] as const;
	for (const [kind, other] of found) {
		if (other !== undefined && other !== sum) throw new Error(`the ${kind} has another program`);
	}
	const tried = found.flatMap(([kind, other]) => (other === undefined ? [] : [kind]));
	return tried.length > 0 ? [`the same program is in ${tried.join(" and ")}`] : [];
}

/** SHA-256 of the program in it, or nothing where there is no dpkg. */
function sumInDeb(path: string): string | undefined {
	if (Bun.which("dpkg-deb") === null) return undefined;
	const tar = output("dpkg-deb", "--fsys-tarfile", path);
	const { stdout } = Bun.spawnSync(["tar", "xO", "./usr/bin/pprotect"], { stdin: tar });
	return createHash("sha256").update(stdout).digest("hex");
}

/** As the package's header says, once its digests are checked; or nothing where there is no rpm. */
function sumInRpm(path: string): string | undefined {
	if (Bun.which("rpm") === null) return undefined;
	output("rpm", "--checksig", "--nosignature", path);
	const files = output("rpm", "-qp", "--queryformat", "[%{FILENAMES} %{FILEDIGESTS}\\n]", path);
	return /^\/usr\/bin\/pprotect ([0-9a-f]{64})$/m.exec(files.toString())?.[1] ?? "";
}

function output(...command: readonly string[]): Buffer {
	const { exitCode, stdout, stderr } = Bun.spawnSync([...command]);
	if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stdout}${stderr}`);
	return stdout;
}
