/** Manifests of Kubernetes, which look like mappings and hold their values in base64. */
import type { Parsed } from "./parsed.ts";

const KINDS = /^(?:Secret|ConfigMap|SealedSecret|List|SecretList|ConfigMapList)$/;

/** What was parsed; where it is a manifest, that one problem instead. */
export function withManifest(parsed: Parsed): Parsed {
	const named = (name: string) => parsed.entries.find((entry) => entry.name === name);
	const kind = named("kind");
	if (named("apiVersion") === undefined || kind === undefined || !KINDS.test(kind.value)) {
		return parsed;
	}
	const words = `is a manifest of Kubernetes (kind: ${kind.value}), not a mapping of names to values`;
	return { entries: [], notes: [], problems: [{ line: kind.line, words, shape: "manifest" }] };
}
