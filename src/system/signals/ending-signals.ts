/** The signals that ask a process to end and can be caught, with their numbers (the same everywhere). */
export const ENDING_SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;

export type EndingSignal = keyof typeof ENDING_SIGNALS;

export const ENDING_SIGNAL_NAMES: readonly EndingSignal[] = [
	"SIGHUP",
	"SIGINT",
	"SIGQUIT",
	"SIGTERM",
];
