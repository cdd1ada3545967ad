import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "clipanion";
import { DOMAIN_OPTION, positional, text } from "../cli/options.ts";
import { writeStdout } from "../system/output.ts";
import { savePrivately } from "../system/private-file.ts";
import { typedCommand } from "../team/typed-command.ts";
import { BaseCommand } from "./base.ts";

class SealPageCommand extends BaseCommand {
	static override usage = Command.Usage({
		description: "write a web page that adds secrets, for somebody without a terminal",
		details:
			"The page is one HTML file with your protected file in it, and works offline. Send it to the person who has the value: they open it in a browser, type the value, and send back the changed file, or a patch for `git apply`. They need no credentials, and can read nothing.",
		examples: [
			["For every domain, into pprotect-seal.html", "$0 seal-page"],
			["For one domain", "$0 seal-page --domain prod --output for-finance.html"],
		],
	});

	domain = text(...DOMAIN_OPTION);
	output = text(
		"--output",
		"PATH",
		"write this file; - is standard output (default: pprotect-seal.html)",
	);
	name = positional("DOMAIN");

	async execute(): Promise<void> {
		const isNamed = this.domain !== undefined || this.name !== undefined;
		const domain = isNamed ? this.requiredDomain(this.domain, this.name) : undefined;
		const file = this.load();
		if (domain !== undefined) file.secretNames(domain);
		const output = this.output ?? "pprotect-seal.html";
		const page = readFileSync(await pagePath(), "utf8");
		const { embedFile } = await import("../seal-page/embedded-file.ts");
		const name = basename(this.filePath);
		const filled = embedFile(page, { name, bytes: file.encode(), domain });
		if (output === "-") return writeStdout(filled);
		await savePrivately(output, new TextEncoder().encode(filled));
		this.done(
			`Wrote ${output}. Whoever fills it in will ask you to read out a fingerprint.`,
			typedCommand()("status", ...(domain === undefined ? [] : [domain])),
		);
	}
}

/** Where the binary has the page: as a file, because it would hold a text of its code twice. */
async function pagePath(): Promise<string> {
	const { default: path } = await import("../seal-page/pprotect-seal.txt", {
		with: { type: "file" },
	});
	return path;
}

export { SealPageCommand as command };
