/** `bun run build`: compiles the binary for this machine. */
import { relative } from "node:path";
import { compile, ROOT } from "./compile.ts";
import { hostTarget } from "./targets.ts";

const outfile = compile(hostTarget());
console.log(`built ${relative(ROOT, outfile)}`);
