/** What an access list says, in the security descriptor definition language (SDDL) of Windows. */

/** Everyone, anonymous, all who logged on, all at the keyboard, users and guests of the machine. */
const MANY: ReadonlySet<string> = new Set([
	...["WD", "AN", "AU", "IU", "NU", "BU", "BG", "AC"],
	...["S-1-1-0", "S-1-5-7", "S-1-5-11", "S-1-5-4", "S-1-5-32-545", "S-1-5-32-546"],
]);

/** FILE_READ_DATA, GENERIC_ALL, GENERIC_READ. */
const READING_BITS = [0x1, 0x1000_0000, 0x8000_0000];
/** All access and reading, generic and of files; `CC` is what FILE_READ_DATA is called for others. */
const READING_RIGHTS: ReadonlySet<string> = new Set(["GA", "GR", "FA", "FR", "CC"]);

const ENTRY = /\(([^;()]*);([^;()]*);([^;()]*);[^;()]*;[^;()]*;([^;()]*)[^()]*\)/g;

/**
 * Whether the access list `sddl` lets others than its owner, the system and administrators read:
 * a group to which many belong, or, without any list, everyone.
 */
export function isReadableByMany(sddl: string): boolean {
	if (sddl.includes("NO_ACCESS_CONTROL")) return true;
	return [...sddl.matchAll(ENTRY)].some(([, type = "", flags = "", rights = "", whom = ""]) => {
		const isAllowed = type === "A" || type === "XA";
		// An entry that is only there to be inherited says nothing of this file.
		return isAllowed && !pairs(flags).includes("IO") && allowsReading(rights) && MANY.has(whom);
	});
}

function allowsReading(rights: string): boolean {
	const mask = Number(rights);
	if (!Number.isNaN(mask)) return READING_BITS.some((bit) => Math.floor(mask / bit) % 2 === 1);
	return pairs(rights).some((right) => READING_RIGHTS.has(right));
}

function pairs(letters: string): readonly string[] {
	return letters.match(/../g) ?? [];
}
