/** Every exit code that pprotect itself ends with. `exec` also ends with those of its command. */
export const EXIT_STATUS = {
	0: "Done.",
	1: "An error, or input that ended early; also `check`, `diff --exit-code` and `list-exposed --exit-code` where they found something, `merge-driver` where it left a conflict, and `offboard` where something is left to do.",
	2: "The protected file is missing or, for `init`, exists already; or options contradict each other.",
	70: "A fault in pprotect, which ended it before its command was done.",
	126: "`exec` cannot run its command.",
	127: "`exec` does not find its command.",
	128: "`diff --exit-code` failed; Git has the same code.",
	129: "Ended by SIGHUP: the terminal was closed.",
	130: "Interrupted by Ctrl-C.",
	131: "Ended by SIGQUIT.",
	143: "Ended by SIGTERM.",
} as const;

export type ExitCode = keyof typeof EXIT_STATUS;
