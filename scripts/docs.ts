/** `bun run docs`: writes the pages that are made from the definitions of the commands. */
import { join } from "node:path";
import { commandsPage } from "./commands-page.ts";
import { ROOT } from "./compile.ts";

const path = join(ROOT, "docs", "commands.md");
await Bun.write(path, await commandsPage());
console.log("wrote docs/commands.md");
