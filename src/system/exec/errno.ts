/** What execve(2) leaves in errno: numbers of errno.h, on linux and macos alike unless said. */
export const ENOENT = 2;
export const E2BIG = 7;
export const ENOEXEC = 8;
export const EACCES = 13;
export const ENODEV = 19;
export const ENOTDIR = 20;
/** A folder of a network that is gone. */
export const ESTALE = process.platform === "darwin" ? 70 : 116;
export const ETIMEDOUT = process.platform === "darwin" ? 60 : 110;
