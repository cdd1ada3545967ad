import { join } from "node:path";

/**
 * Compiles a program of the tests as the binary is compiled.
 *
 * @param entry path of the program.
 * @param folder where the binary goes: some 100 MB, to be removed after the tests.
 * @returns path of the binary.
 */
export function compile(entry: string, folder: string): string {
	const outfile = join(folder, "program");
	const { exitCode, stderr } = Bun.spawnSync([
		process.execPath,
		"build",
		"--compile",
		"--bytecode",
		"--no-compile-autoload-bunfig",
		"--no-compile-autoload-dotenv",
		"--minify-whitespace",
		"--minify-syntax",
		entry,
		"--outfile",
		outfile,
	]);
	if (exitCode !== 0) throw new Error(`cannot compile ${entry}: ${stderr.toString()}`);
	return outfile;
}
