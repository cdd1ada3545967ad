/** Who asks the questions of a command. */
export interface Prompter {
	/** Whether a person sits there: questions are shown on a terminal, and answers typed on one. */
	readonly isAttended: boolean;
	/**
	 * Shows `label` and reads one line; spaces around what a person typed or pasted are left out.
	 *
	 * @throws InputEndedError when there is no line left.
	 * @throws InterruptedError on Ctrl-C; TerminatedError on SIGTERM, SIGHUP or SIGQUIT.
	 * @throws ProtectError when the answer is too long or no UTF-8.
	 */
	ask(label: string): Promise<string>;
	/** The same for a passphrase or a value: what is typed on a terminal is not shown. */
	askHidden(label: string): Promise<string>;
	/**
	 * The same where nothing is asked after it. Several lines, pasted or piped in, are refused, all of
	 * them: the value would be cut short, and the rest go to whatever reads next, a shell most likely.
	 */
	askLastHidden(label: string): Promise<string>;
	/** Shows a line where the questions are shown. */
	notice(text: string): void;
	/** Ends the session; asking is over. */
	close(): void;
}
