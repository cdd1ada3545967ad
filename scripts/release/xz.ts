/** How hard xz packs: 6, or less where a test sets XZ_OPT, such as to `-0`. */
export const XZ_LEVEL = /^-(\d)$/.exec(process.env.XZ_OPT ?? "")?.[1] ?? "6";

/** With the program xz, whose output is the same for one version of it. */
export function xz(bytes: Uint8Array): Uint8Array {
	const { XZ_OPT: _, ...env } = process.env;
	const command = ["xz", "--stdout", "--threads=1", `-${XZ_LEVEL}`];
	const { exitCode, stdout, stderr } = Bun.spawnSync(command, { stdin: bytes, env });
	if (exitCode !== 0) throw new Error(`xz: ${stderr}`);
	return stdout;
}
