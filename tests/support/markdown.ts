/** The documents, as tests read them. */

/** A fenced block of a document. */
export interface Block {
	/** 1-based line of its fence. */
	readonly line: number;
	/** The words after its fence: `sh no-run`. */
	readonly info: string;
	readonly code: string;
	/** What the comment `<!-- answers: … -->` above it types, to one question after the other. */
	readonly answers: readonly string[];
}

/** All fenced blocks, in their order. */
export function blocksOf(markdown: string): Block[] {
	const blocks = markdown.matchAll(/(?:^<!-- answers: (.*?) -->\n\n)?^```(.*)\n([\s\S]*?)^```$/gm);
	return [...blocks].map(({ index, 0: whole, 1: answers, 2: info = "", 3: code = "" }) => ({
		line: markdown.slice(0, index + whole.indexOf("```")).split("\n").length,
		info,
		code,
		answers: answers === undefined ? [] : answers.split(/[,;] /),
	}));
}

/** Where the links lead that are no address on the web: paths, some with a `#heading`. */
export function localLinks(markdown: string): string[] {
	const links = [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
	return links.filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors of a document's headings. */
export function anchorsOf(markdown: string): string[] {
	const headings = [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
	return headings.map((heading) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N} _-]/gu, "")
			.replaceAll(" ", "-"),
	);
}
