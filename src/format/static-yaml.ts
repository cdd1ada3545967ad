/**
 * `#yaml` in the library's package, where this module is bundled with the parts of yaml that it
 * names: an application then has them whatever its bundler follows, and whichever yaml it has.
 */
import { Composer, CST, isMap, isScalar, isSeq, Lexer, Parser } from "yaml";

const yaml = { Composer, CST, isMap, isScalar, isSeq, Lexer, Parser };

/** The parts of yaml that are used. */
export type Yaml = typeof yaml;

export function loadYaml(): Yaml {
	return yaml;
}
