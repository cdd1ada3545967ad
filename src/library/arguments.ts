/** Sentences for wrong arguments, which plain JavaScript and a forgotten `await` let through. */

/** What a value is, in words; never the value itself, which may be a secret. */
function kindOf(value: unknown): string {
	if (value === undefined || value === null) return String(value);
	if (value instanceof Promise) return "a promise: await is missing";
	if (Array.isArray(value)) return "an array";
	if (typeof value === "object") {
		const name = Object.getPrototypeOf(value)?.constructor?.name;
		return typeof name === "string" && name !== "Object" && name !== ""
			? `a ${name}`
			: "a plain object";
	}
	return typeof value === "function" ? "a function" : `a ${typeof value}`;
}

/** @returns an error that says what `what` must be, and what it is. */
export function wrongArgument(what: string, due: string, value: unknown): TypeError {
	return new TypeError(`${what} must be ${due}, and is ${kindOf(value)}`);
}

/** @throws TypeError where `value` is no string. */
export function assertString(what: string, value: unknown): asserts value is string {
	if (typeof value !== "string") throw wrongArgument(what, "a string", value);
}

/** @throws TypeError where `value` is no array of strings. */
export function assertStrings(what: string, value: unknown): asserts value is readonly string[] {
	if (!Array.isArray(value)) throw wrongArgument(what, "an array of names", value);
	for (const element of value) assertString(`each of ${what}`, element);
}

/** A path of the system: what a `file:` URL says, or the text as it is. */
export function pathOf(what: string, value: unknown, fromUrl: (url: URL) => string): string {
	if (value instanceof URL) {
		if (value.protocol === "file:") return fromUrl(value);
		throw new TypeError(`${what} must be a file: URL, and is a ${value.protocol} URL`);
	}
	if (typeof value !== "string") throw wrongArgument(what, "a path or a file: URL", value);
	return value;
}
