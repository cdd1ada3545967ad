/** All of the caller's environment that `exec --no-passthrough` leaves. */
export const KEPT_VARIABLES: readonly string[] =
	process.platform === "win32"
		? [
				...["PATH", "PATHEXT", "COMSPEC", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "OS"],
				...["TEMP", "TMP", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES"],
				// The runtime puts these back, whatever it is told.
				...["HOMEDRIVE", "HOMEPATH", "LOGONSERVER", "USERDOMAIN", "USERNAME", "USERPROFILE"],
			]
		: ["PATH", "HOME", "TERM", "LANG", "USER", "SHELL", "LOGNAME"];
