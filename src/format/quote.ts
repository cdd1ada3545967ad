/** How a name from the file is shown to people, and typed into a shell. */
const MAX_LENGTH = 100;

/** A name from the file as an error shows it: in quotes, escaped, cut where it is endless. */
export function quote(name: string): string {
	return JSON.stringify(name.length > MAX_LENGTH ? `${name.slice(0, MAX_LENGTH)}…` : name);
}

/** A name as it is typed in a command: quoted where a POSIX shell would read it otherwise. */
export function shellWord(name: string): string {
	if (/^[\p{L}\p{N}_@%+=:,./-]+$/u.test(name) && !name.startsWith("-")) return name;
	return `'${name.replaceAll("'", `'\\''`)}'`;
}
