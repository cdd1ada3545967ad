import { warning } from "../system/voice.ts";
import { codeNameOfSecret } from "../values/variable-name.ts";

/** Says of new secrets which have a name that runs code: whoever adds them knows if that is meant. */
export function warnOfCodeNames(names: Iterable<string>, domain: string): void {
	for (const name of names) {
		const known = codeNameOfSecret(name);
		if (known === undefined) continue;
		warning(
			`secret ${name} in ${domain}: the variable ${known.variable} ${known.effect}; exec gives it to no program that does not ask for it by name`,
		);
	}
}
