/** The names of our entries in a Secret Service, through libsecret, as the runtime cannot list them. */
import { CString, dlopen, read } from "bun:ffi";
import { SERVICE } from "./keychain.ts";

/** The one of SecretSearchFlags that finds every entry, without unlocking it. */
const SECRET_SEARCH_ALL = 1 << 1;
/** A GList is the data and the next one, a pointer each. */
const NEXT = 8;
/** A GError is two 32-bit numbers and the text. */
const MESSAGE = 8;

export function listSecretService(): string[] {
	const secret = dlopen("libsecret-1.so.0", {
		secret_password_searchv_sync: { args: ["ptr", "u64", "i32", "ptr", "buffer"], returns: "u64" },
		secret_retrievable_get_attributes: { args: ["u64"], returns: "u64" },
	}).symbols;
	const glib = dlopen("libglib-2.0.so.0", {
		g_hash_table_new: { args: ["ptr", "ptr"], returns: "u64" },
		g_hash_table_insert: { args: ["u64", "buffer", "buffer"], returns: "i32" },
		g_hash_table_lookup: { args: ["u64", "buffer"], returns: "u64" },
	}).symbols;
	const service = cString("service");
	const name = cString(SERVICE);
	const account = cString("account");
	const wanted = glib.g_hash_table_new(null, null);
	glib.g_hash_table_insert(wanted, service, name);
	const accounts: string[] = [];
	const error = new BigUint64Array(1);
	let entry = secret.secret_password_searchv_sync(null, wanted, SECRET_SEARCH_ALL, null, error);
	if (error[0]) throw new Error(new CString(read.u64(error[0], MESSAGE)).toString());
	while (entry !== 0n) {
		const attributes = secret.secret_retrievable_get_attributes(read.u64(entry));
		const found = glib.g_hash_table_lookup(attributes, account);
		if (found !== 0n) accounts.push(new CString(found).toString());
		entry = read.u64(entry, NEXT);
	}
	return accounts;
}

function cString(text: string): Uint8Array {
	return new TextEncoder().encode(`${text}\0`);
}
