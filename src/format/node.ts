/**
 * The tree of a protected file's text, which knows where each piece stands. Offsets are in UTF-16
 * units.
 */

/** A range of the text in UTF-16 units, `end` exclusive. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

export interface ScalarNode extends Span {
	readonly kind: "scalar";
	/** The text, or undefined where YAML reads a number, a boolean, null or nothing. */
	readonly text: string | undefined;
}

export interface MapEntry {
	readonly key: string;
	/** Where the entry begins: at its key, or at the `?` before it. */
	readonly start: number;
	readonly value: Node;
}

export interface MapNode extends Span {
	readonly kind: "map";
	readonly entries: readonly MapEntry[];
}

export interface SeqItem {
	/** Where the item begins: at its `-`. */
	readonly start: number;
	readonly value: ScalarNode;
}

export interface SeqNode extends Span {
	readonly kind: "seq";
	readonly items: readonly SeqItem[];
}

export type Node = ScalarNode | MapNode | SeqNode;

export interface Document {
	/** The text without its byte-order mark. */
	readonly text: string;
	readonly hasByteOrderMark: boolean;
	/** The line end that the file uses. */
	readonly lineEnd: "\n" | "\r\n";
	readonly root: Node;
}
