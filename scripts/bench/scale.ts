/** What the commands that open or seal everything take, and that it grows no faster than the file. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateRawPassphrase } from "../../src/crypto/key-derivation.ts";
import { Creds } from "../../src/model/creds.ts";
import { createCustodianKey } from "../../src/model/key-custodian.ts";
import { KeyFile } from "../../src/model/key-file.ts";
import { binaryPath } from "../compile.ts";
import { hostTarget } from "../targets.ts";
import { type Program, timeOf } from "./programs.ts";
import { USER } from "./protected-texts.ts";
import { median, type Row } from "./table.ts";

const RUNS = 3;
const COUNTS = [1000, 10_000];
const LEAVER = "leaver@example.com";

/** The ratio is to the same with a tenth of the secrets. */
export async function scaleRows(): Promise<Row[]> {
	const folder = mkdtempSync(join(tmpdir(), "pprotect-bench-"));
	try {
		const rows: Row[] = [];
		const above = new Map<string, number>();
		for (const count of COUNTS) {
			for (const [action, ms] of await measure(count, folder)) {
				const before = above.get(action);
				const what = `${action}, ${count.toLocaleString("en")} secrets`;
				rows.push({ what, ms, ...(before !== undefined && { ratio: ms / before }) });
				above.set(action, ms);
			}
		}
		return rows;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function measure(count: number, folder: string): Promise<[action: string, ms: number][]> {
	const passphrase = generateRawPassphrase();
	const env = { PPROTECT_USER: USER, PPROTECT_PASSPHRASE: passphrase };
	const program = (action: string, ...rest: readonly string[]): Program => ({
		what: action,
		command: [binaryPath(hostTarget()), action, ...rest],
		...{ env, cwd: folder },
	});
	const [old, others] = [valuesFile("OLD", count, folder), valuesFile("NEW", count, folder)];
	const file = join(folder, "protected.yaml");
	const original = join(folder, "original.yaml");
	writeFileSync(file, await fileOfTwo(passphrase));
	timeOf(program("import", "prod", old));
	copyFileSync(file, original);

	const programs = [
		program("rotate-domain-keys", "prod"),
		program("offboard", LEAVER),
		program("check", "--decrypt"),
		program("import", "prod", others),
	];
	return programs.map((each) => {
		const times = Array.from({ length: RUNS }, () => {
			copyFileSync(original, file);
			return timeOf(each);
		});
		return [each.what, median(times)];
	});
}

function valuesFile(name: string, count: number, folder: string): string {
	const path = join(folder, `${name}.env`);
	const lines = Array.from({ length: count }, (_, index) => `${name}_${index}=value ${index}\n`);
	writeFileSync(path, lines.join(""));
	return path;
}

/** A file whose domain `prod` has two owners, and no secrets yet. */
async function fileOfTwo(passphrase: string): Promise<Uint8Array> {
	const user = new Creds(USER, passphrase);
	const leaver = new Creds(LEAVER, generateRawPassphrase());
	const keyFile = KeyFile.create()
		.addKeyCustodian(await createCustodianKey(user, { kdf: "raw" }))
		.addKeyCustodian(await createCustodianKey(leaver, { kdf: "raw" }))
		.addDomain("prod", USER);
	return keyFile.addOwner("prod", LEAVER, await keyFile.unlock(user)).encode();
}
