/** An npm registry on this machine, with nothing but the tarballs that it is given. */
import { createHash } from "node:crypto";
import type { ArchiveEntry } from "../../scripts/release/archive-entry.ts";
import { tar } from "../../scripts/release/tar.ts";

export interface Registry {
	readonly url: string;
	stop(): void;
}

/** @param tarballs each with a package.json, as `npm pack` makes them. */
export async function startRegistry(tarballs: readonly Uint8Array[]): Promise<Registry> {
	const packages = new Map<string, { manifest: Record<string, unknown>; tarball: Uint8Array }>();
	for (const tarball of tarballs) {
		const manifest = await manifestOf(tarball);
		packages.set(String(manifest.name), { manifest, tarball });
	}
	const server = Bun.serve({
		port: 0,
		fetch({ url }) {
			const { pathname, origin } = new URL(url);
			const [name = "", isTarball] = decodeURIComponent(pathname.slice(1)).split(".tgz");
			const found = packages.get(name);
			if (!found) return Response.json({ error: "not found" }, { status: 404 });
			const { manifest, tarball } = found;
			if (isTarball !== undefined) return new Response(Buffer.from(tarball));
			const version = String(manifest.version);
			const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
			const dist = { tarball: `${origin}/${name}.tgz`, integrity };
			return Response.json({
				name,
				"dist-tags": { latest: version },
				versions: { [version]: { ...manifest, dist } },
			});
		},
	});
	return { url: server.url.href, stop: () => server.stop(true) };
}

/** A tarball of an installed package. */
export async function packFolder(folder: string): Promise<Uint8Array> {
	const entries: ArchiveEntry[] = [];
	for await (const path of new Bun.Glob("**/*").scan({ cwd: folder, dot: true })) {
		const bytes = await Bun.file(`${folder}/${path}`).bytes();
		entries.push({ path: `package/${path}`, bytes, isExecutable: false });
	}
	return Bun.gzipSync(Buffer.from(tar(entries)), { level: 1 });
}

async function manifestOf(tarball: Uint8Array): Promise<Record<string, unknown>> {
	const files = await new Bun.Archive(Buffer.from(tarball)).files("package/package.json");
	const text = await files.get("package/package.json")?.text();
	return JSON.parse(text ?? "{}");
}
