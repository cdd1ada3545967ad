/** Names that git takes for one revision of several: anybody who can push can push a tag. */
import { ProtectError } from "../../errors.ts";
import { gitAnswer, textOf } from "./git.ts";

/** What git looks through for a name, besides what it names in full. */
const PLACES = ["refs/", "refs/heads/", "refs/remotes/", "refs/tags/"];

/**
 * Refuses a revision whose name is that of a tag and of a branch, say. git would take the tag, and
 * warn where nobody sees it.
 *
 * @throws ProtectError that says how to name each.
 */
export function assertOneMeaning(cwd: string, revision: string): void {
	const [name = ""] = revision.split(/[\^~:]|@\{/, 1);
	if (name === "" || name === "HEAD" || name.startsWith("refs/")) return;
	const meant = new Set([...PLACES.map((place) => place + name), `refs/remotes/${name}/HEAD`]);
	const listed = gitAnswer(cwd, ["for-each-ref", "--format=%(refname)", ...meant]);
	const refs = textOf(listed)
		.split("\n")
		.filter((ref) => meant.has(ref));
	const commits = refs.length > 0 && isAbbreviation(name) ? commitsNamed(cwd, name) : [];
	const all = [...refs, ...commits];
	if (all.length < 2) return;
	throw new ProtectError(
		`${name} names more than one revision in Git: ${all.join(", ")}`,
		"write the one that you mean in full, and ask who made the other",
	);
}

/** Git takes a whole name of an object for that object, whatever else has the name. */
function isAbbreviation(name: string): boolean {
	return /^[0-9a-f]{4,39}$/i.test(name);
}

function commitsNamed(cwd: string, name: string): string[] {
	const found = gitAnswer(cwd, ["rev-parse", `--disambiguate=${name}`]);
	return textOf(found).split("\n").filter(Boolean);
}
