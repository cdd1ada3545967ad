/** How `check` shows its findings: a line each for programs, a little more for people. */
import { printableLine } from "../system/printable.ts";
import type { ResultScreen } from "../system/terminal/result-screen.ts";
import type { Finding } from "../team/finding.ts";

/** A finding and the file that it is about. */
export type FileFinding = Finding & { readonly file: string };

const COLOURS = { problem: "red", warning: "yellow", note: undefined } as const;
const TODO_INDENT = 4;

/** A line each, `FILE:LINE: what: what to do`. */
export function findingLines(findings: readonly FileFinding[]): string {
	return findings
		.map((finding) => `${printableLine(`${heading(finding)}: ${finding.todo}`)}\n`)
		.join("");
}

/** For a person: in colour, with what to do on a line of its own. */
export function findingScreen(findings: readonly FileFinding[], screen: ResultScreen): string {
	return findings
		.map((finding) => {
			const colour = COLOURS[finding.level];
			const todo = screen.line(printableLine(finding.todo), { indent: TODO_INDENT });
			return screen.line(printableLine(heading(finding)), { colour }) + todo;
		})
		.join("");
}

/** How many there are of each kind: `1 problem, 2 warnings`. */
export function findingCounts(findings: readonly Finding[]): string {
	const counts = (["problem", "warning", "note"] as const).flatMap((level) => {
		const count = findings.filter((finding) => finding.level === level).length;
		return count === 0 ? [] : [`${count} ${level}${count === 1 ? "" : "s"}`];
	});
	return counts.join(", ") || "no problems";
}

function heading({ file, line, level, what }: FileFinding): string {
	const rank = level === "problem" ? "" : `${level}: `;
	return `${file}:${line}: ${rank}${what}`;
}
