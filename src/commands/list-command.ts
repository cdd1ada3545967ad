import { flag } from "../cli/options.ts";
import { writeStdout } from "../system/output.ts";
import { toJson } from "../values/json.ts";
import { BaseCommand } from "./base.ts";

/** A command that lists things: a line each, or all as JSON. */
export abstract class ListCommand extends BaseCommand {
	json = flag("--json", "print JSON");

	/**
	 * @param linesOf a thing's lines.
	 * @param none what to say on stderr instead of no line; JSON says so by itself.
	 * @param plainOf a thing as JSON has it.
	 */
	protected printList<Item>(
		items: readonly Item[],
		linesOf: (item: Item) => string | readonly string[],
		none: string,
		plainOf: (item: Item) => unknown = (item) => item,
	): void {
		if (this.json) writeStdout(toJson(items.map(plainOf)));
		else this.printLines(items.flatMap(linesOf), none);
	}
}
