import type { ExitCode } from "./exit-status.ts";

/** More about an error than its message: a hint alone may be given as text. */
export interface ProtectErrorOptions extends ErrorOptions {
	/** What the user can do about it. */
	readonly hint?: string | undefined;
	/** The same for a program that calls the library, where `hint` is about the command line. */
	readonly libraryHint?: string | undefined;
}

/**
 * The errors that pprotect raises on purpose. None ever carries a secret value or a
 * passphrase: a message may be printed, logged or sent to a bug tracker as it is.
 *
 * `message` says what is wrong and where, in lower case and without a full stop;
 * `hint` says what to type next. Words reach the user in one place, cli/report.ts.
 */
export class ProtectError extends Error {
	override readonly name: string = "ProtectError";
	/** What the user can do about it. */
	readonly hint: string | undefined;
	/** @internal The hint for a program that calls the library. */
	readonly libraryHint: string | undefined;
	/** @internal The exit code of a command that ends with this error. */
	readonly exitCode: ExitCode = 1;

	constructor(message: string, options: string | ProtectErrorOptions = {}) {
		const { hint, libraryHint, ...rest }: ProtectErrorOptions =
			typeof options === "string" ? { hint: options } : options;
		super(message, rest);
		this.hint = hint;
		// Not to be seen when the error is printed.
		Object.defineProperty(this, "libraryHint", { value: libraryHint ?? hint, enumerable: false });
	}
}

/** Several things are wrong, and each is told on a line of its own, below the message. */
export class ListedError extends ProtectError {
	override readonly name = "ListedError";
	readonly details: readonly string[];

	constructor(message: string, details: readonly string[], options?: string | ProtectErrorOptions) {
		super(message, options);
		this.details = details;
	}
}

/** The command line names something that no command knows, or leaves out what one needs. */
export class UsageError extends ProtectError {
	override readonly name = "UsageError";
}

/** Options that contradict each other. */
export class ConflictingOptionsError extends ProtectError {
	override readonly name = "ConflictingOptionsError";
	override readonly exitCode = 2;
}

/** The protected file is missing, or, for `init`, is there already. */
export class ProtectedFileError extends ProtectError {
	override readonly name = "ProtectedFileError";
	/** @internal */
	override readonly exitCode = 2;
}

/** The text of a protected file breaks a rule of the format. */
export class FormatError extends ProtectError {
	override readonly name = "FormatError";
	/** 1-based line of the offending text. */
	readonly line: number;
	/** What is wrong, without the place. */
	readonly problem: string;

	constructor(problem: string, line: number, path: string, options?: string | ProtectErrorOptions) {
		super(`${path}:${line}: ${problem}`, options);
		this.problem = problem;
		this.line = line;
	}
}

/** A name that the file does not hold, or holds already. */
export class NameError extends ProtectError {
	override readonly name = "NameError";
}

/** A user and passphrase that open nothing, or the lack of them. */
export class CredentialsError extends ProtectError {
	override readonly name = "CredentialsError";
}

/** A sealed box that does not open: tampered with, truncated, or sealed to another key. */
export class DecryptionError extends ProtectError {
	override readonly name = "DecryptionError";
}

/** Reading an answer came to the end of the input (exit 1). */
export class InputEndedError extends ProtectError {
	override readonly name = "InputEndedError";
}

/** Ctrl-C at a prompt (exit 130). */
export class InterruptedError extends ProtectError {
	override readonly name = "InterruptedError";
	override readonly exitCode = 130;
}

/** The file is no longer what was read: written by another, replaced or removed. */
export class ConflictError extends ProtectError {
	override readonly name = "ConflictError";
}
