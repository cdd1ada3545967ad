/** Who Git takes the user for. */
import { dirname, resolve } from "node:path";
import { ProtectError } from "../../errors.ts";
import { gitOutput } from "./git.ts";

/** The email that Git would commit the file at `path` with; undefined where it knows none. */
export function gitEmail(path: string): string | undefined {
	try {
		return gitOutput(dirname(resolve(path)), ["config", "--get", "user.email"]) || undefined;
	} catch (error) {
		// Without Git, and in a folder that is not there, nobody is known.
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}
