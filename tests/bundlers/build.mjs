/**
 * Bundles a program for Node, as a project without any setting for pprotect would, into one file:
 * `node build.mjs BUNDLER ENTRY FOLDER`. Prints the file's name.
 */
import { basename, dirname, join } from "node:path";

const [bundler = "", entry = "", folder = ""] = process.argv.slice(2);

const esbuild = async (options) => {
	const { build } = await import("esbuild");
	await build({
		entryPoints: [entry],
		bundle: true,
		platform: "node",
		logLevel: "warning",
		...options,
	});
};

const webpack = async (name, target, settings) => {
	const { default: run } = await import("webpack");
	await new Promise((resolve, reject) => {
		const output = { path: folder, filename: name, ...settings.output };
		const options = {
			mode: "production",
			context: dirname(entry),
			entry,
			target,
			...settings,
			output,
		};
		run(options, (error, stats) => {
			if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString()));
			else resolve();
		});
	});
	return name;
};

const vite = async (settings) => {
	const { build } = await import("vite");
	await build({
		root: dirname(entry),
		configFile: false,
		logLevel: "warn",
		...settings,
		build: { outDir: folder, emptyOutDir: false, ...settings.build },
	});
};

const BUNDLERS = {
	async "esbuild-esm"() {
		await esbuild({ format: "esm", outfile: join(folder, "bundle.mjs") });
		return "bundle.mjs";
	},
	async "esbuild-cjs"() {
		await esbuild({ format: "cjs", outfile: join(folder, "bundle.cjs") });
		return "bundle.cjs";
	},
	async "esbuild-browser"() {
		const outfile = join(folder, "bundle.js");
		await esbuild({ platform: "browser", format: "iife", minify: true, outfile });
		return "bundle.js";
	},
	async "esbuild-worker"() {
		const outfile = join(folder, "worker.mjs");
		await esbuild({ platform: "browser", conditions: ["workerd"], format: "esm", outfile });
		return "worker.mjs";
	},
	async rollup() {
		const { rollup } = await import("rollup");
		const { nodeResolve } = await import("@rollup/plugin-node-resolve");
		const bundle = await rollup({ input: entry, plugins: [nodeResolve()], external: /^node:/ });
		await bundle.write({ file: join(folder, "bundle.mjs"), format: "es" });
		return "bundle.mjs";
	},
	webpack: () => webpack("bundle.cjs", "node20", {}),
	"webpack-browser": () => webpack("bundle.js", "web", { performance: false }),
	async vite() {
		const rollupOptions = { output: { entryFileNames: "bundle.mjs" } };
		await vite({ ssr: { noExternal: true }, build: { ssr: basename(entry), rollupOptions } });
		return "bundle.mjs";
	},
	async "vite-browser"() {
		await vite({
			build: { lib: { entry, formats: ["iife"], name: "app", fileName: () => "bundle.js" } },
		});
		return "bundle.js";
	},
};

console.log(await BUNDLERS[bundler]());
