/**
 * Runs the command in its arguments and prints the most memory it had, in bytes. In a process of
 * its own, as on linux a child's peak is never under that of the process that started it.
 */
const child = Bun.spawnSync(process.argv.slice(2), { stdin: "ignore", stdout: "ignore" });
console.log(child.resourceUsage?.maxRSS);
