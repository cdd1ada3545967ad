/** The bill of materials, in CycloneDX 1.6: what a binary is made of, from the lock file. */
import manifest from "../../package.json" with { type: "json" };
import { VERSION } from "../../src/version.ts";
import { BUN_VERSION, TARGETS } from "../targets.ts";
import { RUNTIME_LICENSE, RUNTIME_PARTS, type RuntimePart } from "./runtime-parts.ts";
import { sourceDate } from "./source-date.ts";
import { directDependencies, type Package, shippedPackages } from "./third-party.ts";

/** @returns JSON that depends on the sources and their date alone: no time of building, no serial number. */
export function sbom(): string {
	const packages = shippedPackages();
	const purlOf = new Map(packages.map((known) => [known.name, purl(known)]));
	const refs = (names: readonly string[]) => names.flatMap((name) => purlOf.get(name) ?? []);
	const self = `pkg:npm/pprotect@${VERSION}`;
	const runtimes = TARGETS.map((target) => ({
		type: "platform",
		"bom-ref": `${target.runtime}@${BUN_VERSION}`,
		name: target.runtime,
		version: BUN_VERSION,
		description: `the runtime in ${target.name}`,
		licenses: [{ expression: RUNTIME_LICENSE }],
		hashes: [{ alg: "SHA-256", content: target.runtimeHash }],
		purl: `pkg:npm/%40oven/${target.runtime}@${BUN_VERSION}`,
	}));
	const document = {
		$schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
		bomFormat: "CycloneDX",
		specVersion: "1.6",
		version: 1,
		metadata: {
			timestamp: new Date(1000 * sourceDate()).toISOString(),
			tools: { components: [{ type: "application", name: "bun", version: BUN_VERSION }] },
			supplier: { name: "pprotect", url: [manifest.homepage] },
			component: {
				type: "application",
				"bom-ref": self,
				name: "pprotect",
				version: VERSION,
				licenses: [{ license: { id: "MIT" } }],
				purl: self,
			},
		},
		components: [...packages.map(component), ...runtimes, ...RUNTIME_PARTS.map(partOfRuntime)],
		dependencies: [
			{
				ref: self,
				dependsOn: [
					...refs(directDependencies()),
					...runtimes.map((runtime) => runtime["bom-ref"]),
				],
			},
			...packages.map((known) => ({ ref: purl(known), dependsOn: refs(known.dependencies) })),
			...TARGETS.map((target, index) => ({
				ref: runtimes[index]?.["bom-ref"],
				dependsOn: RUNTIME_PARTS.filter(
					({ isForWindows = false }) => !isForWindows || target.system === "windows",
				).map(partRef),
			})),
		],
	};
	return `${JSON.stringify(document, undefined, "\t")}\n`;
}

function component(known: Package) {
	const [scope, name] = known.name.startsWith("@")
		? known.name.split("/")
		: [undefined, known.name];
	return {
		type: "library",
		"bom-ref": purl(known),
		...(scope !== undefined && { group: scope }),
		name,
		version: known.version,
		licenses: [{ license: { id: known.license } }],
		hashes: [{ alg: "SHA-512", content: Buffer.from(known.integrity, "base64").toString("hex") }],
		purl: purl(known),
	};
}

/** Bun's project does not say of which version it is. */
function partOfRuntime(part: RuntimePart) {
	const { name, license, url } = part;
	const licenses =
		license === undefined ? [{ license: { name: "several", url } }] : [{ expression: license }];
	const externalReferences = [{ type: "vcs", url }];
	return { type: "library", "bom-ref": partRef(part), name, licenses, externalReferences };
}

function partRef({ name }: RuntimePart): string {
	return `bun/${name}`;
}

/** https://github.com/package-url/purl-spec: the `@` of a scope is written %40. */
function purl({ name, version }: Package): string {
	return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}
