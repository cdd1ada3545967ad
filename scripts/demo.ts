/** `bun run demo`: makes docs/demo.svg, the recording on the README, with the program as built. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { binaryPath, ROOT } from "./compile.ts";
import { draw } from "./demo/draw.ts";
import { record } from "./demo/record.ts";
import { hostTarget } from "./targets.ts";

writeFileSync(join(ROOT, "docs/demo.svg"), draw(await record(binaryPath(hostTarget()))));
