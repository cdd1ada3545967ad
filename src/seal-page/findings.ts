/** What `pprotect check` says of the file. */
import type { Finding } from "../team/finding.ts";
import { element, shown } from "./dom.ts";

/** The problems in sight, and the rest behind a line that tells how many there are. */
export function findingElements(findings: readonly Finding[]): HTMLElement[] {
	const problems = findings.filter(({ level }) => level === "problem");
	const others = findings.filter(({ level }) => level !== "problem");
	const elements: HTMLElement[] = [];
	if (problems.length > 0) {
		const words = "This file has problems. Ask whoever sent it before you type anything:";
		elements.push(element("p", { className: "problem" }, words), list(problems));
	}
	if (others.length > 0) {
		const remarks = others.length === 1 ? "1 remark" : `${others.length} remarks`;
		const summary = element("summary", {}, `${remarks} for the people who work with this file`);
		elements.push(element("details", {}, summary, list(others)));
	}
	return elements;
}

function list(findings: readonly Finding[]): HTMLElement {
	const items = findings.map(({ line, level, what, todo }) =>
		element("li", {}, shown(`line ${line}: ${level}: ${what}: ${todo}`)),
	);
	return element("ul", {}, ...items);
}
