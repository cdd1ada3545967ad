/** What to type where a file that import does not take can be made into one that it does. */
import { shellNames, shellWord } from "../format/quote.ts";
import type { Finding } from "../values/collect.ts";

/** Every value with the names that lead to it, `a_b_0`; none is lost to another of the same name. */
const FLATTEN =
	'[paths(type | IN("string", "number", "boolean")) as $p | {key: ($p | map(tostring) | join("_")), value: (getpath($p) | tostring)}] | if (map(.key) | unique | length) < length then error("two values have one name") else from_entries end';

/** The values of a manifest: a Secret's data are base64, of which bytes that are no text are refused. */
const DECODE =
	'. as $m | (.data // {}) | with_entries(.value as $v | if $m.kind == "ConfigMap" then . else .value |= @base64d | if (.value | @base64) == $v then . else error(.key + " is not text") end end) + ($m.stringData // {}) | with_entries(.key |= gsub("[.]"; "_"))';

/** JSON of YAML, in which every value is text as it is written; no module comes from this folder. */
const TO_JSON =
	"python3 -c 'import sys; sys.path = list(filter(None, sys.path)); import json, yaml; print(json.dumps(yaml.load(sys.stdin, yaml.BaseLoader)))'";

const NAMES =
	"correct these lines, or say with --format what the file is; a secret's name starts with a letter, then has ASCII letters, digits, hyphens and underscores only";

/** The hint for what is wrong with the files that `domain` was to get. */
export function hintFor(problems: readonly Finding[], domain: string): string {
	const found = problems.find(({ shape }) => shape !== undefined);
	if (found === undefined) return NAMES;
	const { path, shape, words } = found;
	const target = `| pprotect import ${shellNames(domain)} -`;
	const input = inputFor(path);
	if (shape === "nested") {
		return `to take each value with the names that lead to it: ${input} '${FLATTEN}' ${target}`;
	}
	if (/kind: \w*List/.test(words)) return `take one of its items: ${input} '.items[0]' ${target}`;
	if (words.includes("SealedSecret")) {
		return "only its cluster can open it: kubectl get secret NAME -o json gives what it made of it";
	}
	return `to take its values: ${input} '${DECODE}' ${target}`;
}

/** The command line up to jq's program. */
function inputFor(path: string): string {
	if (path === "standard input") return "COMMAND | jq";
	if (/\.ya?ml$/i.test(path)) return `${TO_JSON} < ${shellWord(path)} | jq`;
	return `jq < ${shellWord(path)}`;
}
