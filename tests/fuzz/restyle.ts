/**
 * Writes what a protected file says in any style that a person or another tool may have given
 * it: the same data, wildly different text.
 */
import type { Tree, TreeMap } from "../../src/format/emit.ts";
import { scalarStyle, UNPRINTABLE } from "../../src/format/scalar-style.ts";
import type { Random } from "./random.ts";

const COMMENTS = [
	"#",
	"# note",
	"#note: x",
	"# - x",
	"# ? 'a\"b",
	"# ünï 😀",
	"#\ttab",
	"# secret-a: AAAA",
	"# --- [{&*!|>%@`",
];

/** How likely each freedom is taken. */
interface Habits {
	readonly comment: number;
	readonly blankLine: number;
	readonly trailing: number;
	readonly quotes: number;
	readonly explicitKey: number;
	readonly ownLine: number;
	readonly block: number;
	readonly fold: number;
	readonly unordered: number;
}

export function restyle(root: TreeMap, random: Random): string {
	return new Writer(random).file(root);
}

class Writer {
	readonly #random: Random;
	readonly #habits: Habits;
	readonly #step: number;
	readonly #dashStep: number;
	readonly #lines: string[] = [];
	#isAfterBlock = false;

	constructor(random: Random) {
		this.#random = random;
		const habit = () => random.pick([0, 0, 0.05, 0.3]);
		this.#habits = {
			comment: habit(),
			blankLine: habit(),
			trailing: habit(),
			quotes: habit(),
			explicitKey: habit(),
			ownLine: habit(),
			block: habit(),
			fold: habit(),
			unordered: habit(),
		};
		this.#step = random.pick([1, 2, 2, 2, 3, 4, 8]);
		this.#dashStep = random.pick([0, 0, this.#step]);
	}

	file(root: TreeMap): string {
		const random = this.#random;
		this.#gap();
		if (random.chance(0.1)) this.#push(`---${this.#trailing()}`);
		this.#gap();
		this.#map(root, random.pick([0, 0, 0, 0, 3]));
		this.#gap();
		const end = random.pick(["\n", "\n", "\r\n"]);
		if (random.chance(0.1)) this.#push(`...${this.#trailing()}`);
		const text = this.#lines.map((line) => line.replaceAll("\n", end)).join(end);
		const start = random.chance(0.1) ? "\uFEFF" : "";
		return start + text + (random.chance(0.2) ? "" : end);
	}

	/** @param lead what stands on the line of the first entry already. */
	#map(map: TreeMap, indent: number, lead = ""): void {
		const { unordered } = this.#habits;
		const entries = this.#random.chance(unordered) ? this.#random.shuffle([...map]) : [...map];
		for (const [index, [key, value]] of entries.entries()) {
			const isShared = index === 0 && lead !== "";
			if (!isShared) this.#gap();
			this.#entry(key, value, indent, isShared ? lead : " ".repeat(indent));
		}
	}

	#entry(key: string, value: Tree, indent: number, margin: string): void {
		const random = this.#random;
		const mustBeExplicit = key.length > 200 || key.includes("\n");
		if (!mustBeExplicit && !random.chance(this.#habits.explicitKey)) {
			const written = this.#flowScalar(key);
			const colon = random.chance(this.#habits.trailing) ? " :" : ":";
			this.#value(value, indent, `${margin}${written}${colon}`, false);
			return;
		}
		if (random.chance(0.3)) {
			this.#push(`${margin}?${this.#trailing()}`);
			if (random.chance(this.#habits.blankLine)) this.#push("");
			this.#push(`${" ".repeat(indent + 1)}${this.#flowScalar(key)}${this.#trailing()}`);
		} else {
			const blanks = random.pick([" ", " ", "   "]);
			this.#push(`${margin}?${blanks}${this.#flowScalar(key)}${this.#trailing()}`);
		}
		this.#gap();
		this.#value(value, indent, `${" ".repeat(indent)}:`, true);
	}

	/** @param isExplicit whether a block may begin on the line of `lead`. */
	#value(value: Tree, indent: number, lead: string, isExplicit: boolean): void {
		const random = this.#random;
		if (typeof value === "string") {
			this.#scalar(value, indent, lead);
			return;
		}
		const isList = !(value instanceof Map);
		const size = isList ? listOf(value).length : value.size;
		if (size === 0) {
			const brackets = isList ? ["[]", "[ ]"] : ["{}", "{  }"];
			this.#push(`${lead} ${random.pick(brackets)}${this.#trailing()}`);
			return;
		}
		const shares = isExplicit && random.chance(0.7);
		const blanks = random.pick([" ", " ", "   "]);
		if (!shares) this.#push(`${lead}${this.#trailing()}`);
		const inner = shares ? indent + 1 + blanks.length : undefined;
		const shared = shares ? `${lead}${blanks}` : "";
		if (isList) this.#list(listOf(value), inner ?? indent + this.#dashStep, shared);
		else this.#map(value, inner ?? indent + this.#step, shared);
	}

	#list(items: readonly string[], indent: number, lead: string): void {
		for (const [index, item] of items.entries()) {
			const isShared = index === 0 && lead !== "";
			if (!isShared) this.#gap();
			this.#scalar(item, indent, `${isShared ? lead : " ".repeat(indent)}-`);
		}
	}

	/** A scalar behind `lead`, which ends with `:` or `-`. */
	#scalar(text: string, indent: number, lead: string): void {
		const random = this.#random;
		const inner = " ".repeat(indent + random.pick([1, 2, 4]));
		if (canStandInBlock(text) && random.chance(this.#habits.block)) {
			this.#push(`${lead} ${random.pick(["|-", ">-"])}${this.#trailing()}`);
			// Blank lines before and after it are not its own.
			this.#push(`${inner}${text}`);
			this.#isAfterBlock = true;
			return;
		}
		const folded = this.#fold(this.#flowScalar(text), inner);
		if (random.chance(this.#habits.ownLine)) {
			this.#push(`${lead}${this.#trailing()}`);
			if (random.chance(this.#habits.blankLine)) this.#push("");
			this.#push(`${inner}${folded}${this.#trailing()}`);
		} else {
			const blanks = random.chance(this.#habits.trailing) ? "    " : " ";
			this.#push(`${lead}${blanks}${folded}${this.#trailing()}`);
		}
	}

	#flowScalar(text: string): string {
		const random = this.#random;
		const style = scalarStyle(text);
		if (style === "plain" && !random.chance(this.#habits.quotes)) return text;
		// biome-ignore lint/suspicious/noControlCharactersInRegex: they must be escaped
		const canBeSingle = !/[\u0000-\u001f\u007f]/.test(text);
		if (canBeSingle && random.chance(0.5)) return `'${text.replaceAll("'", "''")}'`;
		return JSON.stringify(text).replaceAll("\u007f", "\\x7f");
	}

	/** Breaks a scalar at single spaces between other characters. */
	#fold(written: string, margin: string): string {
		if (!this.#random.chance(this.#habits.fold)) return written;
		return written.replace(/(?<=[^\s\\]) (?=[^\s#])/g, (space) =>
			this.#random.chance(0.3) ? `\n${margin}${this.#random.pick(["", "  "])}` : space,
		);
	}

	#push(line: string): void {
		this.#lines.push(line);
		this.#isAfterBlock = false;
	}

	/** Blank lines and comments, at any indentation. */
	#gap(): void {
		const random = this.#random;
		// Deeper ones would be part of the block scalar before them.
		if (this.#isAfterBlock) {
			if (random.chance(this.#habits.blankLine)) this.#lines.push("");
			if (random.chance(this.#habits.comment)) this.#lines.push("# at the margin");
			return;
		}
		while (random.chance(this.#habits.blankLine)) this.#lines.push(random.pick(["", "", "   "]));
		while (random.chance(this.#habits.comment)) {
			this.#lines.push(" ".repeat(random.pick([0, 2, 4, 9])) + random.pick(COMMENTS));
			if (random.chance(0.3)) this.#lines.push("");
		}
	}

	#trailing(): string {
		if (!this.#random.chance(this.#habits.trailing)) return "";
		return this.#random.pick(["  ", " \t", ` ${this.#random.pick(COMMENTS)}`]);
	}
}

/** Whether a block scalar of one line says the text. */
function canStandInBlock(text: string): boolean {
	return text.trim() !== "" && !/^[ \t]/.test(text) && !UNPRINTABLE.test(text);
}

function listOf(tree: Exclude<Tree, string>): readonly string[] {
	if (tree instanceof Map) throw new TypeError("a mapping is no list");
	return [...tree].filter((item) => typeof item === "string");
}
