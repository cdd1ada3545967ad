/** Names that are made to do something where a hint is pasted: options, quotes, backslashes. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PPROTECT, pprotect } from "../support/pprotect.ts";
import { createTeam } from "../support/team.ts";

setDefaultTimeout(60_000);

const SHELLS = ["sh", "bash", "zsh", "fish"].filter((shell) => Bun.which(shell) !== null);
const LACKS = SHELLS.length === 4 ? "" : `, in ${SHELLS.join(" and ")} alone, for lack of others`;

const NAMES = [
	"--passphrase-command=touch pasted",
	"-upasted",
	"\\'; touch pasted; '\\",
	"'; touch pasted; '",
	"$(touch pasted)",
	"\\' 'pprotect check'; touch pasted; '",
];

/** The commands that the lines advise, as somebody pastes them. */
function commandsIn(text: string): string[] {
	return text.split("\n").flatMap((line) => {
		const at = line.indexOf(": pprotect ");
		return at === -1 ? [] : line.slice(at + 2);
	});
}

test.each(NAMES)(
	`what is advised for a custodian named %s runs nothing else${LACKS}`,
	async (name) => {
		const { cwd, alice, bob } = await createTeam();
		const path = join(cwd, "team's file.yaml");
		const text = readFileSync(join(cwd, "protected.yaml"), "utf8");
		writeFileSync(path, text.replace(`  ${bob.user}:`, `  ${JSON.stringify(name)}:`));
		const checked = await pprotect(["check", "--file", path], { cwd });
		const refused = await pprotect(["offboard", alice.user, "--yes", "--file", path], {
			cwd,
			env: { ...alice.env, PPROTECT_USER: alice.user },
			exitCode: 1,
		});
		const commands = commandsIn(checked.stdout + refused.stderr);
		expect(commands.length).toBeGreaterThan(0);
		for (const shell of SHELLS) {
			for (const command of commands) {
				Bun.spawnSync([shell, "-c", command], {
					cwd,
					env: { PATH: `${dirname(PPROTECT)}:${process.env.PATH}`, HOME: cwd, PPROTECT_USER: "x" },
					stdin: "ignore",
				});
			}
		}
		expect(readdirSync(cwd)).not.toContain("pasted");
		// A command that names somebody finds them.
		const { stdout } = await pprotect(["check", "--file", path], { cwd });
		expect(stdout).not.toContain("owns nothing");
	},
);
