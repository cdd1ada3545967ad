/**
 * Loaded before pprotect's source (`bun --preload`): notes each key derivation, as a line with the
 * key derivation function's name, in the file that COUNT_DERIVATIONS names.
 */
import { plugin } from "bun";

const DECLARATION = "export async function derivePrivateKey(";

const COUNTING = `
import { appendFileSync as noteDerivation } from "node:fs";
export async function derivePrivateKey(...given: Parameters<typeof uncounted>) {
	noteDerivation(process.env.COUNT_DERIVATIONS ?? "", given[0].kdf + "\\n");
	return uncounted(...given);
}
`;

plugin({
	name: "count-derivations",
	setup(build) {
		build.onLoad({ filter: /\/src\/crypto\/key-derivation\.ts$/ }, async ({ path }) => {
			const source = await Bun.file(path).text();
			if (!source.includes(DECLARATION)) throw new Error(`no ${DECLARATION} in ${path}`);
			const renamed = source.replace(DECLARATION, "async function uncounted(");
			return { contents: renamed + COUNTING, loader: "ts" };
		});
	},
});
