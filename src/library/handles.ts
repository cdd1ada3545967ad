/** What stands behind the handles of custodians.ts. */
import type { CustodianKey as Key, UnlockedCustodian as Unlocked } from "../model/key-custodian.ts";
import { wrongArgument } from "./arguments.ts";
import { CustodianKey, UnlockedCustodian } from "./custodians.ts";

/** Not in the objects themselves, where debuggers would show private fields too. */
const unlocked = new WeakMap<object, Unlocked>();
const keys = new WeakMap<object, Key>();

export function handOutUnlocked(custodian: Unlocked): UnlockedCustodian {
	const handle = new UnlockedCustodian(custodian.name);
	unlocked.set(handle, custodian);
	return handle;
}

export function handOutKey(key: Key): CustodianKey {
	const handle = new CustodianKey(key.name);
	keys.set(handle, key);
	return handle;
}

/**
 * @param or what else may be there, in words.
 * @throws TypeError for anything that was not handed out.
 */
export function unlockedOf(handle: UnlockedCustodian, or = ""): Unlocked {
	return behind(unlocked, handle, "the custodian", `${or}what unlock returned`);
}

/** @throws TypeError for anything that was not handed out. */
export function keyOf(handle: CustodianKey): Key {
	return behind(keys, handle, "the key", "what createCustodianKey returned");
}

function behind<Value>(
	map: WeakMap<object, Value>,
	handle: object,
	what: string,
	due: string,
): Value {
	const isObject = typeof handle === "object" && handle !== null;
	const value = isObject ? map.get(handle) : undefined;
	if (value === undefined) throw wrongArgument(what, due, handle);
	return value;
}
