/**
 * Who may read a file of Windows: its access list, which by default is its folder's. What must be
 * private gets one as it is created, so that there is no moment in which others can open it.
 */
import { dlopen, toArrayBuffer } from "bun:ffi";
import { toNamespacedPath } from "node:path";

/** Full access for the owner and the system, nothing inherited; in a folder, for all in it too. */
const PRIVATE_FILE = "D:P(A;;FA;;;OW)(A;;FA;;;SY)";
const PRIVATE_FOLDER = "D:P(A;OICI;FA;;;OW)(A;OICI;FA;;;SY)";

const SDDL_REVISION_1 = 1;
const SE_FILE_OBJECT = 1;
const DACL_SECURITY_INFORMATION = 4;
const FILE_PERSISTENT_ACLS = 0x8;
const GENERIC_WRITE = 0x40000000;
const CREATE_NEW = 1;
const FILE_ATTRIBUTE_NORMAL = 0x80;
const INVALID_HANDLE_VALUE = 0xffff_ffff_ffff_ffffn;

function bind() {
	const kernel32 = dlopen("kernel32.dll", {
		CreateDirectoryW: { args: ["buffer", "buffer"], returns: "i32" },
		CreateFileW: {
			args: ["buffer", "u32", "u32", "buffer", "u32", "u32", "ptr"],
			returns: "u64",
		},
		CloseHandle: { args: ["u64"], returns: "i32" },
		LocalFree: { args: ["u64"], returns: "u64" },
		GetVolumePathNameW: { args: ["buffer", "buffer", "u32"], returns: "i32" },
		GetVolumeInformationW: {
			args: ["buffer", "ptr", "u32", "ptr", "ptr", "buffer", "ptr", "u32"],
			returns: "i32",
		},
	}).symbols;
	const advapi32 = dlopen("advapi32.dll", {
		ConvertStringSecurityDescriptorToSecurityDescriptorW: {
			args: ["buffer", "u32", "buffer", "ptr"],
			returns: "i32",
		},
		ConvertSecurityDescriptorToStringSecurityDescriptorW: {
			args: ["u64", "u32", "u32", "buffer", "buffer"],
			returns: "i32",
		},
		GetNamedSecurityInfoW: {
			args: ["buffer", "i32", "u32", "ptr", "ptr", "ptr", "ptr", "buffer"],
			returns: "u32",
		},
	}).symbols;
	return { ...kernel32, ...advapi32 };
}
let library: ReturnType<typeof bind> | undefined;

function system(): ReturnType<typeof bind> {
	library ??= bind();
	return library;
}

/**
 * Creates the file `path`, empty and for its owner alone.
 *
 * @returns false where that was not to be had, and nothing was created.
 */
export function createPrivateFile(path: string): boolean {
	return withDescriptor(PRIVATE_FILE, (attributes) => {
		const name = wideString(toNamespacedPath(path));
		const handle = system().CreateFileW(
			name,
			GENERIC_WRITE,
			0,
			attributes,
			CREATE_NEW,
			FILE_ATTRIBUTE_NORMAL,
			null,
		);
		if (handle === INVALID_HANDLE_VALUE) return false;
		system().CloseHandle(handle);
		return true;
	});
}

/** The same for a folder; what is created in it is its owner's alone too. */
export function createPrivateFolder(path: string): boolean {
	return withDescriptor(PRIVATE_FOLDER, (attributes) => {
		return system().CreateDirectoryW(wideString(toNamespacedPath(path)), attributes) !== 0;
	});
}

/** Whether the volume that `path` is on keeps access lists, as FAT does not. */
export function keepsAccessLists(path: string): boolean {
	const root = new Uint8Array(2 * 32768);
	if (system().GetVolumePathNameW(wideString(path), root, root.length / 2) === 0) return false;
	const flags = new Uint32Array(1);
	const isKnown = system().GetVolumeInformationW(root, null, 0, null, null, flags, null, 0) !== 0;
	return isKnown && ((flags[0] ?? 0) & FILE_PERSISTENT_ACLS) !== 0;
}

/** The access list of the file `path` in SDDL, such as `D:(A;;FA;;;SY)`; undefined if unknown. */
export function accessListOf(path: string): string | undefined {
	const descriptor = new BigUint64Array(1);
	const code = system().GetNamedSecurityInfoW(
		wideString(toNamespacedPath(path)),
		SE_FILE_OBJECT,
		DACL_SECURITY_INFORMATION,
		null,
		null,
		null,
		null,
		descriptor,
	);
	if (code !== 0) return undefined;
	try {
		return textOf(descriptor);
	} finally {
		system().LocalFree(descriptor[0] ?? 0n);
	}
}

function textOf(descriptor: BigUint64Array): string | undefined {
	const text = new BigUint64Array(1);
	const length = new Uint32Array(1);
	const isText = system().ConvertSecurityDescriptorToStringSecurityDescriptorW(
		descriptor[0] ?? 0n,
		SDDL_REVISION_1,
		DACL_SECURITY_INFORMATION,
		text,
		length,
	);
	const [address = 0n] = text;
	if (isText === 0 || address === 0n) return undefined;
	const units = Buffer.from(toArrayBuffer(Number(address), 0, 2 * (length[0] ?? 0)));
	const sddl = units.toString("utf16le").replace(/\0+$/, "");
	system().LocalFree(address);
	return sddl;
}

/** Calls `create` with a `SECURITY_ATTRIBUTES` that holds the access list `sddl`. */
function withDescriptor(sddl: string, create: (attributes: Uint8Array) => boolean): boolean {
	const descriptor = new BigUint64Array(1);
	const isMade = system().ConvertStringSecurityDescriptorToSecurityDescriptorW(
		wideString(sddl),
		SDDL_REVISION_1,
		descriptor,
		null,
	);
	if (isMade === 0) return false;
	// nLength, padding, lpSecurityDescriptor, bInheritHandle, padding.
	const attributes = BigUint64Array.of(24n, descriptor[0] ?? 0n, 0n);
	try {
		return create(new Uint8Array(attributes.buffer));
	} finally {
		system().LocalFree(descriptor[0] ?? 0n);
	}
}

function wideString(text: string): Uint8Array {
	return Buffer.from(`${text}\0`, "utf16le");
}
