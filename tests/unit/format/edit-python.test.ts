/** Our edits against the Python tool's whole-file writing: switching tools changes no line. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "../../../src/format/document.ts";
import { editDocument } from "../../../src/format/edit.ts";
import { emitTree, type TreeMap } from "../../../src/format/emit.ts";
import type { Folding } from "../../../src/format/fold.ts";
import { shownFolding } from "../../../src/format/folding.ts";
import { readProtected } from "../../../src/format/read.ts";
import { toTree } from "../../../src/format/tree.ts";
import { Creds } from "../../../src/model/creds.ts";
import { KeyFile } from "../../../src/model/key-file.ts";
import { tryOperation } from "../../fuzz/properties.ts";
import { Random } from "../../fuzz/random.ts";
import { sampleText } from "../../fuzz/sample.ts";
import written from "../../vectors/written/steps.json" with { type: "json" };

const { custodians, last, owner, steps } = written;

const VECTORS = join(import.meta.dir, "../../vectors");

/** What each generation of ruamel.yaml wrote. */
const FOLDINGS: readonly { folding: Folding; folder: string }[] = [
	{ folding: "one-line", folder: join(VECTORS, "written") },
	{ folding: "wrapped", folder: join(VECTORS, "ruamel-0.19/written") },
];

function bytesOf(folder: string, file: string): Uint8Array {
	return new Uint8Array(readFileSync(join(folder, file)));
}

function treeOf(bytes: Uint8Array): TreeMap {
	return toTree(readProtected(bytes, "f.yaml").data);
}

function decode(bytes: Uint8Array): string {
	return new TextDecoder().decode(bytes);
}

describe.each(FOLDINGS)("files of the Python tool, $folding", ({ folding, folder }) => {
	for (const [index, { file, step }] of steps.entries()) {
		const before = steps[index - 1];
		if (before === undefined) continue;
		test(`our edit of the one before is ${file}: ${step}`, () => {
			const after = bytesOf(folder, file);
			const document = parseDocument(bytesOf(folder, before.file), "f.yaml");
			expect(editDocument(document, treeOf(after), folding)).toBe(decode(after));
		});
	}

	test("would be written anew alike", () => {
		for (const { file } of steps) {
			const bytes = bytesOf(folder, file);
			expect(emitTree(treeOf(bytes), folding)).toBe(decode(bytes));
		}
	});

	test("show their folding once they have an owner", () => {
		for (const { file } of steps) {
			const { document, data } = readProtected(bytesOf(folder, file), "f.yaml");
			expect(shownFolding(document)).toBe(data.domains.size === 0 ? undefined : folding);
		}
	});
});

const lastBytes = bytesOf(join(VECTORS, "written"), steps.at(-1)?.file ?? "");

test("what the Python tool sealed opens", async () => {
	const passphrase = new Map(Object.entries(custodians)).get(owner) ?? "";
	const file = KeyFile.parse(lastBytes);
	const unlocked = await file.unlock(new Creds(owner, passphrase));
	for (const [domain, values] of Object.entries(last)) {
		expect(file.decryptDomain(domain, unlocked)).toEqual(new Map(Object.entries(values)));
	}
});

/** Reads each text of a list as the Python tool does, and writes it as it does. */
const REWRITE = `
import io, json, sys
from ruamel.yaml import YAML
yaml = YAML()
yaml.width = 100
def rewrite(text):
    written = io.StringIO()
    yaml.dump(yaml.load(text), written)
    return written.getvalue()
json.dump([rewrite(text) for text in json.load(sys.stdin)], sys.stdout)
`;

/** The interpreter whose ruamel.yaml is the one of the Python tool's files. */
const python = ["python3", "/usr/bin/python3"].find((command) => {
	const script = "import ruamel.yaml; print(ruamel.yaml.__version__)";
	const found = Bun.which(command);
	return found && Bun.spawnSync([found, "-c", script]).stdout.toString().startsWith("0.17.21");
});
const reason = python === undefined ? " (skipped: needs python3 with ruamel.yaml 0.17.21)" : "";

test.skipIf(python === undefined)(
	`a rewrite by the Python tool changes nothing that we wrote${reason}`,
	async () => {
		const starts = [sampleText, decode(lastBytes)];
		const texts: string[] = [];
		for (let seed = 1; seed <= 200; seed++) {
			const random = new Random(seed);
			let file = KeyFile.parse(random.pick(starts));
			for (let count = 0; count < 6; count++) file = tryOperation(file, random) ?? file;
			const text = decode(file.encode());
			// A line break beyond ASCII is what ruamel.yaml writes so that YAML 1.2 reads another.
			if (!text.includes("\\L")) texts.push(text);
		}
		const child = Bun.spawn([python ?? "", "-c", REWRITE], {
			stdin: new Blob([JSON.stringify(texts)]),
			stdout: "pipe",
		});
		const rewritten: unknown = await new Response(child.stdout).json();
		expect(rewritten).toEqual(texts);
	},
	60_000,
);
