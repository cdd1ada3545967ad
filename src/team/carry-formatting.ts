/**
 * Brings along what the other side changed in the text without changing what it says, such as
 * comments and blank lines, which a merge by meaning would not see.
 */
import { applyPatch, structuredPatch } from "diff";
import { ProtectError } from "../errors.ts";
import type { ProtectedText } from "../format/data.ts";
import { editDocument } from "../format/edit.ts";
import { foldingFor } from "../format/folding.ts";
import { readProtected } from "../format/read.ts";
import { sameTree, toTree } from "../format/tree.ts";

export interface CarriedText {
	/** Ours, as it was or with theirs' formatting. */
	readonly source: ProtectedText;
	/** Whether theirs had formatting that has no place in ours. */
	readonly isLeftOut: boolean;
}

/** Lines of comments that are looked at; more is a file that was laid out anew. */
const MAX_CHANGED_LINES = 200;

/** Lines around a comment that have to be in ours for it to go there. */
const CONTEXT = 1;

export function carryFormatting(
	base: ProtectedText,
	ours: ProtectedText,
	theirs: ProtectedText,
): CarriedText {
	const old = base.document.text;
	const folding = foldingFor(theirs.document, base.data);
	const laidOut = editDocument(theirs.document, toTree(base.data), folding);
	if (laidOut === old) return { source: ours, isLeftOut: false };
	const patch = structuredPatch("", "", old, laidOut, undefined, undefined, {
		context: CONTEXT,
		maxEditLength: MAX_CHANGED_LINES,
	});
	const text = patch ? applyPatch(ours.document.text, patch) : false;
	const source = text === false ? undefined : readIfSame(text, ours);
	return source ? { source, isLeftOut: false } : { source: ours, isLeftOut: true };
}

/** The text read, unless it says something else than `ours`. */
function readIfSame(text: string, ours: ProtectedText): ProtectedText | undefined {
	const mark = ours.document.hasByteOrderMark ? "\uFEFF" : "";
	try {
		const source = readProtected(new TextEncoder().encode(mark + text), "");
		return sameTree(toTree(source.data), toTree(ours.data)) ? source : undefined;
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}
