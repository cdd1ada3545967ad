/**
 * Drives one page of headless Chromium: `node drive-page.mjs CHROMIUM < SCENARIO`, where the
 * scenario is JSON: { url, width?, dark?, folder, steps: [[ACTION, SELECTOR, VALUE?], ...] }.
 * Prints as JSON what the steps gave, and what the page did beside: requests, errors. Downloads go
 * into the folder.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

const { url, width = 1200, dark = false, folder, steps } = JSON.parse(readFileSync(0, "utf8"));
const userDataDir = mkdtempSync(join(tmpdir(), "pprotect-test-chromium-"));
const browser = await puppeteer.launch({
	executablePath: process.argv[2],
	userDataDir,
	args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const session = await browser.target().createCDPSession();
await session.send("Browser.setDownloadBehavior", {
	behavior: "allow",
	downloadPath: folder,
	eventsEnabled: true,
});

const ACTIONS = {
	async fill(page, selector, text) {
		await page.$eval(
			selector,
			(field, value) => {
				field.value = value;
				field.dispatchEvent(new Event("input", { bubbles: true }));
			},
			text,
		);
	},
	async type(page, selector, text) {
		await page.type(selector, text);
	},
	/** Types where the focus is. */
	async keys(page, _, text) {
		await page.keyboard.type(text);
	},
	async press(page, _, key) {
		await page.keyboard.press(key);
	},
	async click(page, selector) {
		await page.$eval(selector, (button) => button.click());
	},
	async choose(page, selector, path) {
		await (await page.$(selector)).uploadFile(path);
	},
	/** Until the element shows the text. */
	async wait(page, selector, text) {
		// biome-ignore lint/performance/useDomNodeTextContent: only what is shown counts.
		const shows = (...[query, words]) => document.querySelector(query)?.innerText.includes(words);
		await page.waitForFunction(shows, { timeout: 20_000 }, selector, text);
	},
	// biome-ignore lint/performance/useDomNodeTextContent: only what is shown counts.
	text: (page, selector) => page.$eval(selector, (found) => found.innerText),
	value: (page, selector) => page.$eval(selector, (found) => found.value),
	run: (page, _, code) => page.evaluate(code),
	/** Clicks a download; gives the name of the file. */
	async save(page, selector) {
		const saved = new Promise((resolve) => {
			let name = "";
			session.on("Browser.downloadWillBegin", ({ suggestedFilename }) => {
				name = suggestedFilename;
			});
			session.on("Browser.downloadProgress", ({ state }) => {
				if (state === "completed") resolve(name);
			});
		});
		await page.$eval(selector, (link) => link.click());
		return saved;
	},
	async shot(page, _, path) {
		await page.screenshot({ path, fullPage: true });
	},
};

try {
	const page = await browser.newPage();
	const requests = [];
	const errors = [];
	page.on("request", (request) => requests.push(request.url()));
	page.on("pageerror", (error) => errors.push(String(error)));
	page.on("console", (message) => errors.push(message.text()));
	page.on("dialog", (dialog) => {
		errors.push(`dialog: ${dialog.message()}`);
		return dialog.dismiss();
	});
	await page.setViewport({ width, height: 900 });
	await page.emulateMediaFeatures([
		{ name: "prefers-color-scheme", value: dark ? "dark" : "light" },
	]);
	await page.goto(url);
	const results = [];
	for (const [action, selector, value] of steps) {
		try {
			results.push((await ACTIONS[action](page, selector, value)) ?? null);
		} catch (error) {
			// biome-ignore lint/performance/useDomNodeTextContent: only what is shown counts.
			const shown = await page.$eval("body", (body) => body.innerText);
			throw new Error(`${action} ${selector}\n${errors.join("\n")}\n${shown}`, { cause: error });
		}
	}
	console.log(JSON.stringify({ results, requests, errors }));
} finally {
	await browser.close();
	rmSync(userDataDir, { recursive: true, force: true });
}
