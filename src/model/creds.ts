/** Where a credential came from, in the words of an error: `env var: MYAPP_USER`, `argument`. */
export interface CredentialSources {
	readonly name?: string;
	readonly passphrase?: string;
}

/** Who acts, and the passphrase that proves it. */
export class Creds {
	readonly name: string;
	/** Private, so that printing or logging a Creds shows no passphrase. */
	readonly #passphrase: string;
	readonly sources: CredentialSources;

	constructor(name: string, passphrase: string, sources: CredentialSources = {}) {
		this.name = name;
		this.#passphrase = passphrase;
		this.sources = sources;
	}

	get passphrase(): string {
		return this.#passphrase;
	}

	/**
	 * Takes PREFIX_USER and PREFIX_PASSPHRASE from `environment`, such as process.env; empty
	 * where unset. The prefix is `prefix`, else PPROTECT_ENV_PREFIX, else PPROTECT.
	 */
	static fromEnv(
		environment: Readonly<Record<string, string | undefined>>,
		prefix?: string,
	): Creds {
		const start = prefix ?? environment.PPROTECT_ENV_PREFIX ?? "PPROTECT";
		const user = `${start}_USER`;
		const passphrase = `${start}_PASSPHRASE`;
		return new Creds(environment[user] ?? "", environment[passphrase] ?? "", {
			name: `env var: ${user}`,
			passphrase: `env var: ${passphrase}`,
		});
	}
}
