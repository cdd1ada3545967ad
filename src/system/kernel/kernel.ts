/** How a platform locks a folder. */
export interface FolderLock {
	/** @returns what releases the lock, or undefined while another process holds it. */
	tryLock(folder: string): (() => void) | undefined;
	/** Names the process that holds the lock, where the system tells. */
	lockHolder(folder: string): string | undefined;
}

/** What the store asks of the kernel beyond files: it takes foreign functions, which Node lacks. */
export interface Kernel {
	folderLock(): Promise<FolderLock>;
	/** Tells the signals that this process was started to ignore. */
	ignoredSignals(): Promise<(name: NodeJS.Signals) => boolean>;
}
