/** What the driver of the exec tests is asked to do. */
export interface DriverRequest {
	readonly set?: readonly (readonly [name: string, value: string])[];
	readonly unset?: readonly string[];
	readonly keepOnly?: readonly string[];
	/** The text gives the bytes: one for each character. */
	readonly files?: readonly (readonly [name: string, text: string])[];
	/** The mode of those files. */
	readonly fileMode?: number;
	/** What to do first, after saying `ready` on standard error. */
	readonly work?: "yielding" | "blocking";
}
