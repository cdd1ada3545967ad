/** The names of the formats, without the code that reads and writes them. */
export const FORMATS = [
	"json",
	"env",
	"shell",
	"dotenv",
	"yaml",
	"docker",
	"github",
	"fish",
	"powershell",
] as const;
export type Format = (typeof FORMATS)[number];

/** What is read, beyond that: the environment of a process, as /proc and `env -0` have it. */
export const READ_FORMATS = [...FORMATS, "environ"] as const;
export type ReadFormat = (typeof READ_FORMATS)[number];
