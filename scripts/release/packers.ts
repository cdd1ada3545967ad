/** The programs that pack a release, beside Bun. */
import type { Target } from "../targets.ts";

/** Whether a target has packages for Linux distributions, beside its archives. */
export function hasPackages({ system, isMusl }: Target): boolean {
	return system === "linux" && !isMusl;
}

/** Those that packing `targets` takes and that are not installed, by their Debian package. */
export function missingPackers(targets: readonly Target[]): string[] {
	const needed = [
		...(targets.some(({ system }) => system !== "windows") ? [["xz", "xz-utils"] as const] : []),
		...(targets.some(hasPackages)
			? [["dpkg-deb", "dpkg"] as const, ["rpmbuild", "rpm"] as const]
			: []),
	];
	return needed.filter(([program]) => Bun.which(program) === null).map(([, name]) => name);
}

/** @throws Error that says what to install, before minutes are spent on building. */
export function assertPackers(targets: readonly Target[]): void {
	const missing = missingPackers(targets);
	if (missing.length === 0) return;
	throw new Error(`packing takes more programs: apt-get install ${missing.join(" ")}`);
}
