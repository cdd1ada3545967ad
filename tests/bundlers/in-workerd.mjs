/** As in-chromium.mjs, in workerd, the runtime of Cloudflare's workers, with none of Node's modules. */
import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";

const [module = "", ...args] = process.argv.slice(2);
const handler = `
export default {
	async fetch(request) {
		return new Response(await globalThis.tryLibrary(...await request.json()));
	},
};`;
const worker = new Miniflare({
	compatibilityDate: "2025-01-01",
	modules: true,
	script: readFileSync(module, "utf8") + handler,
});
try {
	const answer = await worker.dispatchFetch("http://worker/", {
		method: "POST",
		body: JSON.stringify(args),
	});
	console.log(await answer.text());
} finally {
	await worker.dispose();
}
