/** Draws what a terminal showed as an SVG that plays once and then stays, in light and in dark. */
import { COLUMNS, type Scene } from "./record.ts";

const CHARACTER = 8.43;
const LINE = 20;
const MARGIN = 18;

/** Seconds. */
const PER_KEY = 0.045;
const BEFORE_A_LINE = 0.35;
const AFTER_A_COMMAND = 0.4;
const BETWEEN_SCENES = 1.2;

const STYLE = `
  .frame { fill: #ffffff; stroke: #d1d9e0; }
  text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre; fill: #59636e; }
  .command { fill: #1f2328; font-weight: 600; }
  .prompt, .added { fill: #1a7f37; }
  @media (prefers-color-scheme: dark) {
    .frame { fill: #0d1117; stroke: #3d444d; }
    text { fill: #9198a1; }
    .command { fill: #f0f6fc; }
    .prompt, .added { fill: #3fb950; }
  }
  @media (prefers-reduced-motion: no-preference) {
    .line { animation: appear 0.01s backwards; }
    .typed { animation: type linear backwards; }
  }
  @keyframes appear { from { opacity: 0; } }
  @keyframes type { from { clip-path: inset(-4px 100% -4px 0); } to { clip-path: inset(-4px 0 -4px 0); } }
`;

/** @returns the text of an SVG file. */
export function draw(scenes: readonly Scene[]): string {
	const lines: string[] = [];
	let time = 0.5;
	const place = () => `x="${MARGIN}" y="${MARGIN + (lines.length + 1) * LINE - 6}"`;

	for (const { command, shown } of scenes) {
		const typing = command.length * PER_KEY;
		lines.push(
			`<g class="line" style="animation-delay:${seconds(time)}"><text ${place()}><tspan class="prompt">$</tspan></text>` +
				`<g class="typed" style="animation-delay:${seconds(time)};animation-duration:${seconds(typing)};animation-timing-function:steps(${command.length})">` +
				`<text class="command" ${place().replace(`x="${MARGIN}"`, `x="${(MARGIN + 2 * CHARACTER).toFixed(2)}"`)}>${escapeXml(command)}</text></g></g>`,
		);
		time += typing + AFTER_A_COMMAND;
		for (const line of shown) {
			time += BEFORE_A_LINE;
			const kind = line.startsWith("+ ") ? "line added" : "line";
			lines.push(
				`<text class="${kind}" style="animation-delay:${seconds(time)}" ${place()}>${escapeXml(line)}</text>`,
			);
		}
		time += BETWEEN_SCENES;
	}

	const width = Math.round(2 * MARGIN + COLUMNS * CHARACTER);
	const height = 2 * MARGIN + lines.length * LINE;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
		`<title id="title">A terminal: ${escapeXml(scenes.map(({ command }) => command).join("; "))}</title>`,
		`<style>${STYLE}</style>`,
		`<rect class="frame" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
		...lines,
		"</svg>",
		"",
	].join("\n");
}

function seconds(time: number): string {
	return `${time.toFixed(2)}s`;
}

function escapeXml(text: string): string {
	return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
