/**
 * What stands between the entries of a protected file: the comments and blank lines above each,
 * and the comment behind it.
 */
import { type Comment, locateComments } from "../format/comments.ts";
import { LineIndex } from "../format/line-index.ts";
import type { Document, Node } from "../format/node.ts";

/** What belongs to an entry besides what it says. */
export interface Surroundings {
	/** Whole lines without their ends: comments and blank ones, right above the entry. */
	readonly above: readonly string[];
	/** The comment behind it, with the space before it. */
	readonly behind: string | undefined;
	/** The entry's line, from 0. */
	readonly line: number;
	/** The line whose end the comment stands at. */
	readonly lastLine: number;
}

/** By what the entry is, in the file's order; what comes after the last one is at `END`. */
export type Layout = ReadonlyMap<string, Surroundings>;

export const END = "";

/** An entry's own lines, without those of what it holds. */
interface Part {
	readonly key: string;
	readonly line: number;
	readonly lastLine: number;
	/** The last line of a block scalar, where it is one, which is behind its comment. */
	readonly endLine: number;
}

export function layoutOf(document: Document): Layout {
	const lines = linesOf(document);
	const index = new LineIndex(document.text);
	const parts = partsOf(document, index);
	const isTaken = takenLines(parts);
	const behind = commentsBehind(locateComments(document), isTaken, index, document);
	const layout = new Map<string, Surroundings>();
	const ends = [
		...parts,
		{ key: END, line: lines.length, lastLine: lines.length, endLine: lines.length },
	];
	for (const { key, line, lastLine } of ends) {
		let first = line;
		while (first > 0 && !isTaken.has(first - 1) && isFree(lines[first - 1])) first--;
		// Of several entries on a line the first has what is above, and the last what is behind.
		for (let at = first; at <= line; at++) isTaken.add(at);
		layout.set(key, {
			above: lines.slice(first, line),
			behind: behind.get(lastLine),
			line,
			lastLine,
		});
		behind.delete(lastLine);
	}
	return layout;
}

/** The lines of a text, without their ends. */
export function linesOf({ text }: Document): string[] {
	const lines = text.split(/\r?\n/);
	if (lines.at(-1) === "") lines.pop();
	return lines;
}

function isFree(line = ""): boolean {
	return /^[ \t]*(?:#|$)/.test(line);
}

function takenLines(parts: readonly Part[]): Set<number> {
	const taken = new Set<number>();
	for (const { line, endLine } of parts) {
		for (let at = line; at <= endLine; at++) taken.add(at);
	}
	return taken;
}

function commentsBehind(
	comments: readonly Comment[],
	isTaken: ReadonlySet<number>,
	index: LineIndex,
	{ text }: Document,
): Map<number, string> {
	const behind = new Map<number, string>();
	for (const comment of comments) {
		const line = index.lineAt(comment.start) - 1;
		if (!isTaken.has(line)) continue;
		const [space = ""] = /[ \t]*$/.exec(text.slice(0, comment.start).slice(-80)) ?? [];
		behind.set(line, space + comment.text.replace(/\r$/, ""));
	}
	return behind;
}

/** In the order of the text. */
function partsOf({ root, text }: Document, index: LineIndex): Part[] {
	const parts: Part[] = [];
	const seen = new Map<string, number>();
	const lineAt = (offset: number) => index.lineAt(offset) - 1;
	const add = (path: readonly string[], start: number, value: Node) => {
		// The log may say one thing twice.
		const name = JSON.stringify(path);
		const count = seen.get(name) ?? 0;
		seen.set(name, count + 1);
		const key = count === 0 ? name : `${name} ${count}`;
		const line = lineAt(start);
		if (value.kind !== "scalar") return parts.push({ key, line, lastLine: line, endLine: line });
		const endLine = Math.max(line, lineAt(Math.max(value.start, value.end - 1)));
		// A block scalar ends with a newline, and has no comment but on its first line.
		const lastLine = text[value.end - 1] === "\n" ? lineAt(value.start) : endLine;
		return parts.push({ key, line, lastLine, endLine });
	};
	const visit = (node: Node, path: readonly string[]) => {
		if (node.kind === "seq") {
			for (const { start, value } of node.items)
				add([...path, "-", value.text ?? ""], start, value);
		}
		if (node.kind !== "map") return;
		for (const { key, start, value } of node.entries) {
			add([...path, key], start, value);
			visit(value, [...path, key]);
		}
	};
	visit(root, []);
	return parts.sort((a, b) => a.line - b.line);
}
