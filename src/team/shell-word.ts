/** A name as it is typed in a command: quoted where a POSIX shell would read it otherwise. */
export function shellWord(name: string): string {
	if (/^[\p{L}\p{N}_@%+=:,./-]+$/u.test(name) && !name.startsWith("-")) return name;
	return `'${name.replaceAll("'", `'\\''`)}'`;
}
