/** What a binary contains that is not ours: packages of the lock file, and Bun. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../compile.ts";
import { BUN_VERSION } from "../targets.ts";
import { runtimeLicenses } from "./runtime-parts.ts";

export interface Package {
	readonly name: string;
	readonly version: string;
	/** SHA-512 of its archive in the registry, base64. */
	readonly integrity: string;
	readonly license: string;
	/** Names of what it depends on. */
	readonly dependencies: readonly string[];
}

/** What the binary is made of, by name: our dependencies and theirs, without those of development. */
export function shippedPackages(): Package[] {
	const lock = readLock();
	const found = new Map<string, Package>();
	const waiting = Object.keys(lock.dependencies);
	for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
		if (found.has(name)) continue;
		const entry = lock.packages.get(name);
		if (!entry) throw new Error(`bun.lock does not know ${name}`);
		const { license } = manifestOf(name);
		found.set(name, { ...entry, name, license });
		waiting.push(...entry.dependencies);
	}
	return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of our own dependencies. */
export function directDependencies(): string[] {
	return Object.keys(readLock().dependencies).toSorted();
}

/** The licences of all that a binary contains. */
export function thirdPartyLicenses(): string {
	const sections = packageLicenses();
	const bun = [
		`Bun ${BUN_VERSION}, the runtime that pprotect is compiled with: MIT.`,
		"It contains JavaScriptCore (LGPL-2.0), TinyCC (LGPL-2.1) and others, which are listed at the",
		"end. https://bun.com/docs/project/licensing says how to relink it with other versions of them.\n",
	].join("\n");
	const rule = `\n${"-".repeat(72)}\n\n`;
	return ["pprotect contains the following.\n", bun, ...sections, ...runtimeLicenses()].join(rule);
}

/** One text for each package, or for those of `names`. */
export function packageLicenses(names?: ReadonlySet<string>): string[] {
	const packages = shippedPackages().filter(({ name }) => names?.has(name) ?? true);
	return packages.map(({ name, version }) => {
		return `${name} ${version}\n\n${licenseText(name).trim()}\n`;
	});
}

function licenseText(name: string): string {
	const folder = join(ROOT, "node_modules", name);
	const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
	if (file !== undefined) return readFileSync(join(folder, file), "utf8");
	const { license } = manifestOf(name);
	return `${license}; its archive has no copy of it.`;
}

function manifestOf(name: string): { license: string } {
	const path = join(ROOT, "node_modules", name, "package.json");
	const manifest: unknown = JSON.parse(readFileSync(path, "utf8"));
	return { license: textAt(manifest, "license") };
}

interface Lock {
	/** Ranges by name. */
	readonly dependencies: object;
	readonly packages: ReadonlyMap<string, Pick<Package, "version" | "integrity" | "dependencies">>;
}

function readLock(): Lock {
	const lock: unknown = Bun.JSONC.parse(readFileSync(join(ROOT, "bun.lock"), "utf8"));
	const workspace = objectAt(objectAt(lock, "workspaces"), "");
	const packages = Object.entries(objectAt(lock, "packages")).map(([name, entry]) => {
		const [spelt, , facts, integrity] = arrayOf(entry);
		const version = String(spelt).slice(name.length + 1);
		const dependencies = Object.keys(objectAt(facts, "dependencies"));
		const hash = String(integrity).replace(/^sha512-/, "");
		return [name, { version, integrity: hash, dependencies }] as const;
	});
	return { dependencies: objectAt(workspace, "dependencies"), packages: new Map(packages) };
}

function arrayOf(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

/** The object under `key`, or an empty one. */
function objectAt(value: unknown, key: string): object {
	const found: unknown = value instanceof Object ? Reflect.get(value, key) : undefined;
	return found instanceof Object ? found : {};
}

function textAt(value: unknown, key: string): string {
	const found: unknown = value instanceof Object ? Reflect.get(value, key) : undefined;
	if (typeof found !== "string") throw new Error(`${key} is not a text`);
	return found;
}
