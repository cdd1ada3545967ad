/** How VitePress shows the pages that pages.ts writes. */
import { defineConfig } from "vitepress";

// biome-ignore lint/style/noDefaultExport: VitePress asks for it
export default defineConfig({
	title: "pprotect",
	description: "Encrypted secrets that live in your Git repository",
	lang: "en",
	srcDir: "pages",
	outDir: "../dist/site",
	base: process.env.SITE_BASE ?? "/pprotect/",
	cleanUrls: true,
	themeConfig: {
		search: { provider: "local" },
		outline: [2, 3],
		nav: [
			{ text: "Start", link: "/start" },
			{ text: "Commands", link: "/commands" },
			{ text: "Questions", link: "/faq" },
		],
		socialLinks: [{ icon: "github", link: "https://github.com/pprotect/pprotect" }],
		sidebar: [
			section("Start", {
				start: "Start",
				install: "Installing",
				"moving-from-env": "Moving in from .env",
				migrating: "Migrating from other tools",
			}),
			section("Understand", {
				concepts: "Concepts",
				comparison: "How it compares",
				SECURITY: "Security",
				"file-promises": "Promises about the file",
				format: "The format",
			}),
			section("Use", {
				guide: "The life of a small team",
				recipes: "Recipes",
				git: "A team in Git",
				reviewing: "Reviewing",
				containers: "Containers and services",
				windows: "Windows",
				"seal-page": "A page that seals",
				library: "The library",
			}),
			section("Look up", {
				commands: "Every command",
				faq: "Questions",
				troubleshooting: "Error messages",
				CHANGELOG: "What changed",
			}),
			section("Take part", {
				CONTRIBUTING: "Contributing",
				ARCHITECTURE: "Architecture",
			}),
		],
	},
});

function section(text: string, pages: Readonly<Record<string, string>>) {
	return {
		text,
		items: Object.entries(pages).map(([page, title]) => ({ text: title, link: `/${page}` })),
	};
}
