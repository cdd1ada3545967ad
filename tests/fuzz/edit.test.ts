/** Every change to every style of file: what it does not concern keeps every byte. */
import { expect, test } from "bun:test";
import { toTree } from "../../src/format/tree.ts";
import { KeyFile } from "../../src/model/key-file.ts";
import { fuzz, timeLimit } from "./budget.ts";
import { expectFewestChanges, tryOperation } from "./properties.ts";
import { Random } from "./random.ts";
import { restyle } from "./restyle.ts";
import { now, sampleText } from "./sample.ts";

const SHARE = 0.4;
const MAX_STEPS = 5;

const sampleTree = toTree(KeyFile.parse(sampleText).data);

test(
	"a file in any style keeps it through any changes",
	() =>
		fuzz(SHARE, (seed) => {
			const random = new Random(seed);
			let bytes: Uint8Array = new TextEncoder().encode(restyle(sampleTree, random));
			let file = KeyFile.parse(bytes, { now });
			expect(toTree(file.data)).toEqual(sampleTree);
			for (let step = 0; step < MAX_STEPS; step++) {
				let changed = tryOperation(file, random);
				// Several changes at once, as an import makes them.
				while (changed && random.chance(0.3)) changed = tryOperation(changed, random) ?? changed;
				if (changed === undefined) continue;
				bytes = expectFewestChanges(bytes, changed);
				file = KeyFile.parse(bytes, { now });
			}
		}),
	timeLimit(SHARE),
);
