/** The binary: arguments in, exit code out. */
import { run } from "./cli/run.ts";
import { COMMANDS } from "./commands/registry.ts";

// Until a command has ended by itself it has failed: a lost promise must not look like success.
process.exitCode = 70;
void run(COMMANDS, process.argv.slice(2), process.env).then((exitCode) => {
	process.exitCode = exitCode;
});
