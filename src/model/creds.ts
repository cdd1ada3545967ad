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
}
