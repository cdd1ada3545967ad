import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { RUNTIME_PARTS } from "../../scripts/release/runtime-parts.ts";
import { thirdPartyLicenses } from "../../scripts/release/third-party.ts";

const FOLDER = join(import.meta.dir, "../../packaging/licenses");

/** Whether there is the text of each licence in an SPDX expression, or of one that may be chosen. */
function hasTexts(expression: string): boolean {
	return expression.split(" OR ").some((choice) =>
		choice
			.split(" AND ")
			.map((license) => license.replace(/-only$| WITH .*/, ""))
			.every((license) => existsSync(join(FOLDER, `${license}.txt`))),
	);
}

test.each(RUNTIME_PARTS.map(({ name, license }) => [name, license]))(
	"the licence of %s, %s, comes with each release",
	(_, license) => {
		expect(license === undefined || hasTexts(license)).toBe(true);
	},
);

test("parts with several licences have theirs", () => {
	const text = thirdPartyLicenses();
	for (const words of ["Unicode, Inc.", "OpenSSL Project", "GNU LIBRARY GENERAL PUBLIC LICENSE"]) {
		expect(text).toContain(words);
	}
});
