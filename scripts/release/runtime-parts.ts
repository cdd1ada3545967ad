/**
 * What Bun's runtime is made of, as its project says (https://bun.com/docs/project/licensing). It
 * names neither versions nor, for some, one licence.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../compile.ts";

export interface RuntimePart {
	readonly name: string;
	/** An SPDX expression, or nothing where the part has several licences for its several files. */
	readonly license?: string;
	readonly url: string;
	/** On Windows and nowhere else. */
	readonly isForWindows?: boolean;
}

export const RUNTIME_PARTS: readonly RuntimePart[] = [
	part("JavaScriptCore", "LGPL-2.0-only", "https://github.com/oven-sh/WebKit"),
	part("boringssl", undefined, "https://boringssl.googlesource.com/boringssl"),
	part("brotli", "MIT", "https://github.com/google/brotli"),
	part("c-ares", "MIT", "https://github.com/c-ares/c-ares"),
	part("highway", "Apache-2.0", "https://github.com/google/highway"),
	part("icu", undefined, "https://github.com/unicode-org/icu"),
	part("libarchive", undefined, "https://github.com/libarchive/libarchive"),
	part("libbase64", "BSD-2-Clause", "https://github.com/aklomp/base64"),
	part("libc++abi", "Apache-2.0 WITH LLVM-exception", "https://github.com/llvm/llvm-project"),
	part("libdeflate", "MIT", "https://github.com/ebiggers/libdeflate"),
	part(
		"libjpeg-turbo",
		"BSD-3-Clause AND IJG AND Zlib",
		"https://github.com/libjpeg-turbo/libjpeg-turbo",
	),
	part("libspng", "BSD-2-Clause", "https://github.com/randy408/libspng"),
	{ ...part("libuv", "MIT", "https://github.com/libuv/libuv"), isForWindows: true },
	part("libwebp", "BSD-3-Clause", "https://github.com/webmproject/libwebp"),
	part("lol-html", "BSD-3-Clause", "https://github.com/cloudflare/lol-html"),
	part("ls-hpack", "MIT", "https://github.com/litespeedtech/ls-hpack"),
	part("ls-qpack", "MIT", "https://github.com/litespeedtech/ls-qpack"),
	part("lsquic", "MIT AND BSD-3-Clause", "https://github.com/litespeedtech/lsquic"),
	part("mimalloc", "MIT", "https://github.com/microsoft/mimalloc"),
	part("picohttpparser", "Artistic-1.0-Perl OR MIT", "https://github.com/h2o/picohttpparser"),
	part("simdutf", "Apache-2.0", "https://github.com/simdutf/simdutf"),
	part("tigerbeetle", "Apache-2.0", "https://github.com/tigerbeetle/tigerbeetle"),
	part("tinycc", "LGPL-2.1-only", "https://github.com/tinycc/tinycc"),
	part("uSockets", "Apache-2.0", "https://github.com/uNetworking/uSockets"),
	part("uucode", "MIT", "https://github.com/jacobsandlund/uucode"),
	part("uWebSockets", "Apache-2.0", "https://github.com/jarred-sumner/uwebsockets"),
	part("zlib-ng", "Zlib", "https://github.com/zlib-ng/zlib-ng"),
	part("zstd", "BSD-3-Clause OR GPL-2.0-only", "https://github.com/facebook/zstd"),
];

/** Of Bun's own code, and of what in it asks for more than a notice. */
export const RUNTIME_LICENSE = "MIT AND LGPL-2.0-only AND LGPL-2.1-only";

const LICENSES = join(ROOT, "packaging", "licenses");

/** What they are licensed under, with the texts, those of boringssl's and icu's licences too. */
export function runtimeLicenses(): string[] {
	const lines = RUNTIME_PARTS.map(
		({ name, license, url }) => `${name}: ${license ?? "several licences"}, ${url}`,
	);
	const texts = readdirSync(LICENSES)
		.toSorted()
		.map((file) => {
			const text = readFileSync(join(LICENSES, file), "utf8").trim();
			return `${file.replace(".txt", "")}\n\n${text}\n`;
		});
	const holders = "Where a text below names no copyright holder, the address of the part does.";
	return [["Bun contains:\n", ...lines, "", holders, ""].join("\n"), ...texts];
}

function part(name: string, license: string | undefined, url: string): RuntimePart {
	return { name, url, ...(license !== undefined && { license }) };
}
