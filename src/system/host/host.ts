import type { Sourced } from "../passphrase-text.ts";
import type { create, load, update } from "../store/store.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the library asks of the system around it. */
export interface Host {
	readonly load: typeof load;
	readonly update: typeof update;
	readonly create: typeof create;
	/** Whether {@link update} has others wait, so that it never finds the file changed. */
	readonly hasLock: boolean;
	/** The process's own, live. */
	readonly environment: Record<string, string | undefined>;
	/** The path of the protected file that is meant where nobody names one. */
	findProtectedFile(environment: Environment): string;
	/** Whether the names of variables mean the same in any case. */
	readonly ignoresCase: boolean;
	/** The path that a `file:` URL names. */
	pathFromUrl(url: URL): string;
	/** @throws CredentialsError with the path where the file cannot be read. */
	passphraseFromFile(path: string): Sourced;
	/** @throws CredentialsError where the command fails. */
	passphraseFromCommand(command: string): Promise<Sourced>;
}
