import { expect, test } from "bun:test";
import { isReadableByMany } from "../../../../src/system/windows/sddl.ts";

test.each([
	["everyone, full access", "D:(A;;FA;;;WD)"],
	[
		"inherited by users of the machine, as at a drive's root",
		"D:AI(A;ID;FA;;;SY)(A;ID;0x1200a9;;;BU)",
	],
	["everyone by number", "D:P(A;;0x80000000;;;S-1-1-0)"],
	["several rights in letters", "D:(A;;CCDCLC;;;AU)"],
	["no list at all", "D:NO_ACCESS_CONTROL"],
])("%s may read", (_, sddl) => {
	expect(isReadableByMany(sddl)).toBe(true);
});

test.each([
	["ours", "D:P(A;;FA;;;OW)(A;;FA;;;SY)"],
	["a user's own folder", "D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;S-1-5-21-1-2-3-1001)"],
	["only for what is created within", "D:(A;OICIIO;FA;;;BU)"],
	["a denial", "D:(D;;FA;;;WD)(A;;FA;;;OW)"],
	["no reading", "D:(A;;0x120116;;;WD)(A;;FX;;;BU)"],
	["unknown", ""],
])("%s: others may not", (_, sddl) => {
	expect(isReadableByMany(sddl)).toBe(false);
});
