/** The documents, as tests read them. */

/** A fenced block of a document. */
export interface Block {
	/** 1-based line of its fence. */
	readonly line: number;
	/** The heading that it stands under. */
	readonly heading: string;
	/** The words after its fence: `sh no-run`. */
	readonly info: string;
	readonly code: string;
	/** The comments right above it, `<!-- needs: git-crypt -->`, by their first words. */
	readonly notes: ReadonlyMap<string, string>;
	/** What the comment `<!-- answers: … -->` above it types, to one question after the other. */
	readonly answers: readonly string[];
}

/** All fenced blocks, in their order. */
export function blocksOf(markdown: string): Block[] {
	const blocks = markdown.matchAll(/((?:^<!-- .* -->\n+)*)^```(.*)\n([\s\S]*?)^```$/gm);
	return [...blocks].map(({ index, 1: comments = "", 2: info = "", 3: code = "" }) => {
		const before = markdown.slice(0, index);
		const notes = notesOf(comments);
		return {
			line: (before + comments).split("\n").length,
			heading: [...before.matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? "",
			info,
			code,
			notes,
			answers: notes.get("answers")?.split(/[,;] /) ?? [],
		};
	});
}

function notesOf(comments: string): ReadonlyMap<string, string> {
	const notes = comments.matchAll(/^<!-- ([^:]+): (.*) -->$/gm);
	return new Map([...notes].map(([, name = "", text = ""]) => [name, text]));
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
