/** How a rotation is advised: it seals to every owner, one whom a stranger wrote into the file included. */
import type { TypedCommand } from "./typed-command.ts";

export function adviceToRotate(typed: TypedCommand, domain: string): string {
	return `see that everybody who owns ${domain} is to own it (${typed("status", domain)}), then ${typed("rotate-domain-keys", domain)}`;
}
