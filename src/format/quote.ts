const MAX_LENGTH = 100;

/** A name from the file as an error shows it: in quotes, escaped, cut where it is endless. */
export function quote(name: string): string {
	return JSON.stringify(name.length > MAX_LENGTH ? `${name.slice(0, MAX_LENGTH)}…` : name);
}
