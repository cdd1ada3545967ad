/**
 * The library: protected files for applications and scripts, under Bun, Node and Deno, in browsers
 * and in workers. docs/library.md shows it at work.
 */
export {
	ConflictError,
	CredentialsError,
	DecryptionError,
	FormatError,
	NameError,
	ProtectError,
	ProtectedFileError,
} from "./errors.ts";
export { Creds } from "./library/creds.ts";
export type { CustodianKey, UnlockedCustodian } from "./library/custodians.ts";
export { KeyFile, type KeyFileFunctions, type KeyOptions } from "./library/key-file.ts";
export { generateRawPassphrase, isRawPassphrase } from "./library/raw-keys.ts";
export {
	type LoadSecretsOptions,
	loadSecrets,
	readSecrets,
	type SecretsSource,
} from "./library/secrets.ts";
export type { CredentialSources } from "./model/creds.ts";
