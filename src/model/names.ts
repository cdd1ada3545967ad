/** Which names may be created. What other tools wrote is read all the same. */
import { ProtectError } from "../errors.ts";
import { AUDIT_LOG_KEY, CUSTODIANS_KEY, SECRET_NAME } from "../format/data.ts";
import { hasHiddenCharacter } from "../format/hidden-characters.ts";

const MAX_DOMAIN_NAME = 128;
const CONTROL_CHARACTER = /\p{Cc}/u;

/** @throws ProtectError for a name that a new domain may not have. */
export function assertDomainName(name: string): void {
	assertPlain(name, "domain name");
	if ([...name].length > MAX_DOMAIN_NAME) {
		throw new ProtectError(`a domain name has at most ${MAX_DOMAIN_NAME} characters`);
	}
	if (name === CUSTODIANS_KEY || name === AUDIT_LOG_KEY || name.startsWith("meta")) {
		throw new ProtectError(
			`${JSON.stringify(name)} cannot be a domain name`,
			`choose one that is not ${CUSTODIANS_KEY} or ${AUDIT_LOG_KEY} and does not start with meta`,
		);
	}
}

/** @throws ProtectError for a name that a new key custodian may not have. */
export function assertCustodianName(name: string): void {
	assertPlain(name, "user email");
}

/** @throws ProtectError for a name that a secret may not have. */
export function assertSecretName(name: string): void {
	if (SECRET_NAME.test(name)) return;
	throw new ProtectError(
		`${JSON.stringify(name)} is not a valid secret name`,
		"a secret name starts with a letter, then has ASCII letters, digits, hyphens and underscores only",
	);
}

function assertPlain(name: string, what: string): void {
	if (name === "") throw new ProtectError(`the ${what} is empty`);
	if (!name.isWellFormed()) {
		throw new ProtectError(`the ${what} ${JSON.stringify(name)} has half a character`);
	}
	if (CONTROL_CHARACTER.test(name)) {
		throw new ProtectError(`the ${what} ${JSON.stringify(name)} has a control character`);
	}
	if (hasHiddenCharacter(name)) {
		throw new ProtectError(
			`the ${what} ${JSON.stringify(name)} has a character that cannot be seen`,
			"type the name anew, rather than pasting it",
		);
	}
	if (name.trim() !== name) {
		throw new ProtectError(`the ${what} ${JSON.stringify(name)} starts or ends with a space`);
	}
}
