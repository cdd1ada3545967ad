/** The package.json of the npm package: what the project's own says of it, and where things are. */
import project from "../../package.json" with { type: "json" };

/** Those of the project's dependencies that the library imports; yaml is in the package. */
const DEPENDENCIES = ["@noble/ciphers", "@noble/curves", "@noble/hashes"] as const;

/** Where the library has other modules than the binary, which loads these when it needs them. */
const REPLACED: ReadonlyMap<string, string> = new Map([
	["./src/crypto/lazy-x25519.ts", "./src/crypto/static-x25519.ts"],
	["./src/format/lazy-yaml.ts", "./src/format/static-yaml.ts"],
]);

/** As noble's. */
export const NODE_VERSIONS = ">=20.19";

type Imports = string | { readonly [name: string]: Imports };

export function libraryManifest() {
	const { name, version, description, keywords, homepage, repository, bugs, license } = project;
	return {
		name,
		version,
		description,
		keywords,
		homepage,
		repository,
		bugs,
		license,
		type: "module",
		sideEffects: false,
		exports: {
			".": { types: "./lib/index.d.ts", default: "./lib/index.js" },
			"./package.json": "./package.json",
		},
		imports: inPackage(project.imports),
		engines: { node: NODE_VERSIONS },
		dependencies: Object.fromEntries(
			DEPENDENCIES.map((dependency) => [dependency, project.dependencies[dependency]]),
		),
		// For Argon2id on Node before 24.7, where the application has it.
		peerDependencies: { "@node-rs/argon2": ">=2" },
		peerDependenciesMeta: { "@node-rs/argon2": { optional: true } },
	};
}

/** `imports` with each source file as the module that is made of it. */
function inPackage(imports: Imports): Imports {
	if (typeof imports !== "string") {
		return Object.fromEntries(
			Object.entries(imports).map(([name, target]) => [name, inPackage(target)]),
		);
	}
	return (REPLACED.get(imports) ?? imports).replace("./src/", "./lib/").replace(/\.ts$/, ".js");
}
