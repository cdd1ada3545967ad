/**
 * `bun scripts/bench/chart.ts`: draws what `bun run bench` measured (dist/bench.json) as
 * docs/bench.svg: one bar for each program, and below them the machine and the versions.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { ROOT } from "../compile.ts";
import type { Row } from "./table.ts";

const WIDTH = 720;
const LABELS = 320;
const LINE = 30;
const MARGIN = 20;

const STYLE = `
  text { font: 14px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
  .small { font-size: 12px; fill: #59636e; }
  .bar { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .small { fill: #9198a1; }
    .bar { fill: #4493f8; }
  }
`;

/**
 * @param rows each becomes a bar, as long as its time.
 * @param caption what was measured, and on what.
 * @returns the text of an SVG file.
 */
export function chart(rows: readonly Row[], caption: string): string {
	const longest = Math.max(...rows.map(({ ms }) => ms));
	const space = WIDTH - LABELS - 2 * MARGIN - 70;
	const height = 2 * MARGIN + rows.length * LINE + 24;
	const bars = rows.map(({ what, ms }, index) => {
		const y = MARGIN + index * LINE;
		const length = Math.max(1, Math.round((ms / longest) * space));
		return [
			`<text x="${MARGIN}" y="${y + 19}">${escapeXml(what)}</text>`,
			`<rect class="bar" x="${MARGIN + LABELS}" y="${y + 5}" width="${length}" height="20" rx="3"/>`,
			`<text x="${MARGIN + LABELS + length + 8}" y="${y + 19}">${ms.toFixed(ms < 10 ? 1 : 0)} ms</text>`,
		].join("\n");
	});
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">`,
		`<title id="title">${escapeXml(caption)}</title>`,
		`<style>${STYLE}</style>`,
		...bars,
		`<text class="small" x="${MARGIN}" y="${height - MARGIN}">${escapeXml(caption)}</text>`,
		"</svg>",
		"",
	].join("\n");
}

function escapeXml(text: string): string {
	return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

if (import.meta.main) {
	const report: Readonly<Record<string, Row[]>> = JSON.parse(
		readFileSync(join(ROOT, "dist/bench.json"), "utf8"),
	);
	const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
	const rows = Object.entries(report).find(([title]) => title.startsWith("Programs"))?.[1] ?? [];
	const caption = `pprotect ${version}, Bun ${Bun.version}, ${cpus()[0]?.model ?? "unknown processor"}: medians of one run`;
	writeFileSync(join(ROOT, "docs/bench.svg"), chart(rows, caption));
}
