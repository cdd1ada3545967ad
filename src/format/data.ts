/** What a protected file says, as plain data, and the names that it is written with. */
import type { Document } from "./node.ts";

/** A protected file is refused past this size, in bytes. */
export const MAX_FILE_SIZE = 64 * 1024 * 1024;

/** A domain as the file has it: every value is an envelope, in base64. */
export interface DomainData {
	/** 32 bytes in an envelope. */
	readonly publicKey: string;
	/** By owner: the domain's private key sealed to them, 80 bytes in an envelope. */
	readonly owners: ReadonlyMap<string, string>;
	/** By secret name: a sealed box of at least 48 bytes in an envelope. */
	readonly secrets: ReadonlyMap<string, string>;
}

/** All that a protected file says. */
export interface FileData {
	readonly domains: ReadonlyMap<string, DomainData>;
	/** By custodian: their pwdkm, in base64. */
	readonly custodians: ReadonlyMap<string, string>;
	/** Oldest first. */
	readonly auditLog: readonly string[];
}

/** A protected file's text and what it says. */
export interface ProtectedText {
	readonly document: Document;
	readonly data: FileData;
}

export const CUSTODIANS_KEY = "key-custodians";
export const AUDIT_LOG_KEY = "audit-log";
export const SECRET_PREFIX = "secret-";
export const SECRET_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
