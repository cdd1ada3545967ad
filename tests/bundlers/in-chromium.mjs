/** Loads a script into an empty page of headless Chromium, calls `tryLibrary(...ARGS)`, prints its outcome. */

import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const [executablePath = "", script = "", ...args] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox"] });
try {
	const page = await browser.newPage();
	page.on("pageerror", (error) => console.error(String(error)));
	await page.addScriptTag({ content: readFileSync(script, "utf8") });
	console.log(await page.evaluate((values) => globalThis.tryLibrary(...values), args));
} finally {
	await browser.close();
}
