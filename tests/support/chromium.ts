/** Headless Chromium, driven through tests/bundlers/drive-page.mjs. */
import { join } from "node:path";
import { BUNDLERS } from "../../scripts/bundlers.ts";
import { nodeNamed } from "./bundlers.ts";

export const CHROMIUM =
	Bun.which("chromium") ?? Bun.which("chromium-browser") ?? Bun.which("google-chrome");

const NODE = nodeNamed("node24");

/** Why there is no Chromium to drive, to end a test's name with; empty where there is one. */
export const lackOfBrowser =
	CHROMIUM === null
		? " (skipped: chromium is not installed)"
		: NODE === undefined
			? " (skipped: tests/bundlers cannot be installed)"
			: "";

/** What to do, to which element, with which text or file; the driver has the actions. */
export type Step = readonly [action: string, selector: string, value?: string];

export interface Scenario {
	readonly url: string;
	/** Of the window, in pixels. */
	readonly width?: number;
	readonly dark?: boolean;
	/** Where downloads go. */
	readonly folder: string;
	readonly steps: readonly Step[];
}

export interface Driven {
	/** One for each step; null where it gives nothing. */
	readonly results: readonly unknown[];
	/** Every address that was asked for, the page's own first. */
	readonly requests: readonly string[];
	/** Exceptions, messages of the console, dialogs. */
	readonly errors: readonly string[];
}

/** @throws Error with what the page shows where a step fails. */
export async function drivePage(scenario: Scenario): Promise<Driven> {
	const command = [NODE ?? "", join(BUNDLERS, "drive-page.mjs"), CHROMIUM ?? ""];
	const child = Bun.spawn(command, {
		stdin: new Blob([JSON.stringify(scenario)]),
		stdout: "pipe",
		stderr: "pipe",
	});
	const [stdout, stderr, exitCode] = await Promise.all([
		new Response(child.stdout).text(),
		new Response(child.stderr).text(),
		child.exited,
	]);
	if (exitCode !== 0) throw new Error(stderr);
	return JSON.parse(stdout);
}
