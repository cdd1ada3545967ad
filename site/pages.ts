/** The pages of the site: those of `docs`, and what lies beside it, under one roof. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const PAGES = join(import.meta.dirname, "pages");
const REPOSITORY = "https://github.com/pprotect/pprotect/blob/main";

/** Pages that lie above `docs`. */
const ABOVE = ["SECURITY.md", "CHANGELOG.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

/** Writes all pages into `folder`, with links that are right there. */
export function writePages(folder = PAGES): void {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder);
	const write = (name: string, source: string) => {
		writeFileSync(join(folder, name), pageFrom(source));
	};
	for (const name of readdirSync(join(ROOT, "docs"))) {
		if (name.endsWith(".svg")) cpSync(join(ROOT, "docs", name), join(folder, name));
		else write(name === "README.md" ? "contents.md" : name, join("docs", name));
	}
	for (const name of ABOVE) write(name, name);
	write("index.md", "README.md");
}

function pageFrom(source: string): string {
	const text = readFileSync(join(ROOT, source), "utf8");
	const folder = source.startsWith("docs/") ? "docs/" : "";
	return text.replace(/\]\(([^)\s]+)\)/g, (_, target: string) => `](${linkTo(target, folder)})`);
}

/** A link of a page in `folder`, as it is on the site. */
function linkTo(target: string, folder: string): string {
	if (/^[a-z]+:|^#/.test(target)) return target;
	const [path = "", anchor] = target.split("#");
	const fromRoot = join(folder, path);
	const hash = anchor === undefined ? "" : `#${anchor}`;
	if (fromRoot === "README.md") return `index.md${hash}`;
	if (fromRoot === "docs/README.md") return `contents.md${hash}`;
	if (ABOVE.includes(fromRoot)) return `${fromRoot}${hash}`;
	if (/^docs\/[^/]+$/.test(fromRoot)) return `${fromRoot.slice("docs/".length)}${hash}`;
	return `${REPOSITORY}/${fromRoot}${hash}`;
}
