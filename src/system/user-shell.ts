import { setUserShell } from "../format/quote.ts";

/** Lets hints quote for the shells of this system. */
export function quoteForThisSystem(): void {
	setUserShell(process.platform === "win32" ? "windows" : "posix");
}
