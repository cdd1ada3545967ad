/** The pages of the website: all of them are in its menu, and link to each other. */
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/compile.ts";
import { writePages } from "../../site/pages.ts";
import { anchorsOf, blocksOf, localLinks } from "../support/markdown.ts";
import { scratchFolder } from "../support/scratch-folder.ts";

const FOLDER = join(scratchFolder(), "pages");
writePages(FOLDER);
const PAGES = readdirSync(FOLDER).filter((name) => name.endsWith(".md"));

test.each(PAGES)("the links of %s lead somewhere", (page) => {
	const links = localLinks(readFileSync(join(FOLDER, page), "utf8"));
	expect(links.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
});

test.each(PAGES)("each block of %s that is not run says why", (page) => {
	const blocks = blocksOf(readFileSync(join(FOLDER, page), "utf8"));
	const silent = blocks.filter(({ info, notes }) => info === "sh no-run" && notes.size === 0);
	expect(silent.map(({ code }) => code)).toEqual([]);
});

test("each picture is on a page", () => {
	const text = PAGES.map((page) => readFileSync(join(FOLDER, page), "utf8")).join("");
	const pictures = readdirSync(FOLDER).filter((name) => name.endsWith(".svg"));
	expect(pictures.filter((name) => !text.includes(name))).toEqual([]);
});

function leadsSomewhere(page: string, link: string): boolean {
	const [path = "", anchor] = link.split("#");
	const target = join(FOLDER, path === "" ? page : path);
	if (!existsSync(target)) return false;
	return anchor === undefined || anchorsOf(readFileSync(target, "utf8")).includes(anchor);
}

test("each page is in the menu", () => {
	const menu = readFileSync(join(ROOT, "site/.vitepress/config.ts"), "utf8");
	const names = PAGES.map((page) => page.replace(".md", ""));
	const missing = names.filter((name) => !new RegExp(`\\b"?${name}"?: "`).test(menu));
	// The front page, and the list that the menu is.
	expect(missing.sort()).toEqual(["contents", "index"]);
});
