/** What the operating system refused, in words: `ENOSPC` means nothing to most people. */
const WORDS: ReadonlyMap<string, string> = new Map([
	["EACCES", "permission denied"],
	["EBADF", "it is not open"],
	["EBUSY", "it is in use, or a mount of its own"],
	["EDQUOT", "the disk quota is used up"],
	["EFBIG", "the file size limit is reached"],
	// Ours, of store/patience.ts.
	["EHELD", "another program has it open"],
	["EIO", "the disk reports an input/output error"],
	// Bun's: the argument for a .cmd or .bat holds what cmd would interpret.
	[
		"ERR_INVALID_ARG_VALUE",
		'an argument holds one of & | < > ^ % ", which cmd would interpret in a .cmd or .bat file',
	],
	// Windows: a file that is no program.
	["EFTYPE", "it is not a program"],
	["EISDIR", "it is a folder"],
	["ELOOP", "its symbolic links form a loop"],
	["EMFILE", "too many files are open"],
	["ENAMETOOLONG", "the name is too long"],
	["ENFILE", "too many files are open"],
	["ENOENT", "it does not exist"],
	["ENOSPC", "no space is left on the disk"],
	["ENOTDIR", "a part of the path is not a folder"],
	["EUNKNOWN", "the system does not say why"],
	["ENXIO", "it is not a plain file"],
	["EPIPE", "its reader has closed it"],
	["EPERM", "the operation is not permitted"],
	["EROFS", "the file system is read-only"],
]);

/** The error code of a failed system call, such as `ENOENT`; undefined for any other error. */
export function osErrorCode(error: unknown): string | undefined {
	if (!(error instanceof Error) || !("code" in error)) return undefined;
	return typeof error.code === "string" ? error.code : undefined;
}

/** Says why a system call failed, to follow a colon: `permission denied`. */
export function osErrorText(error: unknown): string {
	const code = osErrorCode(error);
	if (code !== undefined) return WORDS.get(code) ?? code;
	return error instanceof Error ? error.message : String(error);
}
