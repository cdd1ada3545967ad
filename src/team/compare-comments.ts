/** What comments came and went: they say nothing to pprotect, and may say a secret to people. */
import type { CommentChange } from "./change.ts";

/** @param before the comments of a version in the file's order, and so `after`. */
export function compareComments(
	before: readonly string[],
	after: readonly string[],
): CommentChange[] {
	const missing = (from: readonly string[], among: readonly string[]) => {
		const left = new Map<string, number>();
		for (const text of among) left.set(text, (left.get(text) ?? 0) + 1);
		return from.filter((text) => {
			const count = left.get(text) ?? 0;
			left.set(text, count - 1);
			return count <= 0;
		});
	};
	return [
		...missing(before, after).map((text) => ({ what: "comment", how: "removed", text }) as const),
		...missing(after, before).map((text) => ({ what: "comment", how: "added", text }) as const),
	];
}
