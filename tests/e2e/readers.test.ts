/** Every format of decrypt-domain, read by the programs that it is for: the values' very bytes. */
import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import dotenv from "dotenv";
import { ProtectError } from "../../src/errors.ts";
import { formatValues } from "../../src/values/formats.ts";
import { pprotect } from "../support/pprotect.ts";
import { createTeam, type Team } from "../support/team.ts";
import { tortureValues } from "../support/torture.ts";

setDefaultTimeout(120_000);

const VALUES = tortureValues();
const FORMATS = [
	"json",
	"yaml",
	"env",
	"shell",
	"dotenv",
	"docker",
	"github",
	"fish",
	"powershell",
];
let team: Team;

beforeAll(async () => {
	team = await createTeam();
	const input = JSON.stringify(Object.fromEntries(VALUES));
	await pprotect(["import", "prod", "-"], { cwd: team.cwd, input });
});

type Printed = Awaited<ReturnType<typeof print>>;
const outputs = new Map<string, Promise<Printed>>();

/** What {@link print} makes, once a format. */
function printed(format: string): Promise<Printed> {
	const output = outputs.get(format) ?? print(format);
	outputs.set(format, output);
	return output;
}

/** What the format holds of the values: those that it is refused for, by name, are left out. */
async function print(format: string) {
	const { cwd, alice } = team;
	const run = (names: Iterable<string>) => {
		const only = [...names].flatMap((name) => ["--only", name]);
		return ["decrypt-domain", "prod", "--output-format", format, ...only];
	};
	const notices = /^(pprotect: note: V\d+ is too short for a mask.*\n)*$/;
	const held = new Map(VALUES);
	const refusing = new Set(["dotenv", "docker", "powershell"]);
	if (refusing.has(format)) {
		const { stderr } = await pprotect(run([]), { cwd, env: alice.env, exitCode: 1 });
		for (const [, name = ""] of stderr.matchAll(/secret (V\d+) /g)) held.delete(name);
		expect(held.size).toBeLessThan(VALUES.size);
	}
	expect(held.size).toBeGreaterThan(VALUES.size / 2);
	const args = run(held.size === VALUES.size ? [] : held.keys());
	const { stdout } = await pprotect(args, { cwd, env: alice.env, notices });
	const file = join(cwd, `values.${format}`);
	writeFileSync(file, stdout);
	return { held: Object.fromEntries(held), file, text: stdout };
}

/** Only where the program of `needs` is there, with what it needs. */
function withReader(title: string, needs: readonly string[], action: () => Promise<void>) {
	const [program = ""] = needs;
	const isThere =
		Bun.which(program) !== null &&
		Bun.spawnSync([...needs], { stdout: "ignore", stderr: "ignore" }).success;
	test.skipIf(!isThere)(isThere ? title : `${title} (skipped: it is not installed)`, action);
}

/** What the program prints. */
function output(...argv: readonly string[]): string {
	const env = { PATH: "/usr/bin:/bin", HOME: team.cwd, LC_ALL: "C.UTF-8" };
	const { stdout, stderr, exitCode } = Bun.spawnSync([...argv], { cwd: team.cwd, env });
	expect(exitCode, stderr.toString()).toBe(0);
	return stdout.toString();
}

/** The variables of a program's `env -0`, but for those that any program has. */
function variables(text: string): Record<string, string> {
	const entries = text.split("\0").slice(0, -1);
	const pairs = entries.map((entry): [string, string] => {
		return [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)];
	});
	return Object.fromEntries(pairs.filter(([name]) => /^(V\d+|EVIL|A|B)$/.test(name)));
}

describe.each([
	["bash"],
	["bash", "--posix"],
	["dash"],
	["busybox", "sh"],
	["mksh"],
	["zsh", "-f"],
	["zsh", "-f", "-o", "rcquotes"],
	["zsh", "--emulate", "sh"],
])("%s %s %s %s", (...argv) => {
	const shell = argv.filter((word) => typeof word === "string");
	withReader("takes shell by eval", [...shell, "-c", ":"], async () => {
		const { held, file } = await printed("shell");
		const script = `eval "$(cat ${file})"; exec env -0`;
		expect(variables(output(...shell, "-c", script))).toEqual(held);
	});

	withReader("takes env as a file", [...shell, "-c", ":"], async () => {
		const { held, file } = await printed("env");
		const script = `set -a; . ${file}; exec env -0`;
		expect(variables(output(...shell, "-c", script))).toEqual(held);
	});
});

/** What a shell calls variables, of which some are read-only, numbers, or lists. */
const OWN_NAMES: readonly (readonly [format: string, shell: readonly string[], list: string])[] = [
	["shell", ["bash", "-c"], "compgen -v"],
	["shell", ["zsh", "-fc"], "zmodload zsh/parameter; print -l $" + "{(k)parameters}"],
	["shell", ["mksh", "-c"], "typeset + | sed 's/.* //'"],
	["shell", ["dash", "-c"], "set | sed -n 's/^\\([A-Za-z_]*\\)=.*/\\1/p'"],
	["fish", ["fish", "--no-config", "-c"], "set --names"],
];

describe.each(OWN_NAMES)("%s in %p", (format, shell, list) => {
	const [program = ""] = shell;
	withReader("sets or refuses what the shell keeps for itself", [program, "-c", ":"], async () => {
		const env = { PATH: "/usr/bin:/bin", HOME: team.cwd };
		const run = (script: string) => Bun.spawnSync([...shell, script], { env, cwd: team.cwd });
		const names = run(list).stdout.toString().split("\n");
		const kept = names.filter((name) => /^[A-Za-z]\w*$/.test(name) && name !== "PATH");
		expect(kept.length).toBeGreaterThan(3);
		for (const value of ["a b", 'a[$(echo r""an >&2)]']) {
			for (const name of kept) {
				const lines = formatOrRefusal(
					new Map([
						[name, value],
						["zzz", "1"],
					]),
					format,
				);
				if (lines === undefined) continue;
				const { stdout, stderr } = run(`${lines}/usr/bin/env -0`);
				expect(stdout.toString().split("\0"), `${name}: ${stderr}`).toContain(`${name}=${value}`);
				expect(stdout.toString().split("\0"), name).toContain("zzz=1");
				expect(stderr.toString(), name).not.toContain("ran");
			}
		}
	});
});

/** Not by the binary: there are some hundred names. */
function formatOrRefusal(values: ReadonlyMap<string, string>, format: string): string | undefined {
	try {
		return formatValues(values, format === "fish" ? "fish" : "shell");
	} catch (error) {
		if (error instanceof ProtectError) return undefined;
		throw error;
	}
}

withReader("fish takes fish", ["fish", "-c", "true"], async () => {
	const { held, file } = await printed("fish");
	const script = `cat ${file} | source; exec env -0`;
	expect(variables(output("fish", "--no-config", "-c", script))).toEqual(held);
});

describe("dotenv", () => {
	test("is read by the package of npm", async () => {
		const { held, text } = await printed("dotenv");
		expect(dotenv.parse(text)).toEqual(held);
	});

	withReader("is read by that of Python", ["/usr/bin/python3", "-c", "import dotenv"], async () => {
		const { held, file } = await printed("dotenv");
		const script = "import dotenv, json, sys; print(json.dumps(dotenv.dotenv_values(sys.argv[1])))";
		expect(JSON.parse(output("/usr/bin/python3", "-c", script, file))).toEqual(held);
	});

	withReader("is read by that of Ruby", ["ruby", "-rdotenv", "-e", ""], async () => {
		const { held, file } = await printed("dotenv");
		const script = "puts JSON.generate(Dotenv::Environment.new(ARGV[0], false).to_h)";
		const text = output("ruby", "-rdotenv", "-rjson", "-e", script, file);
		expect(JSON.parse(text)).toEqual(held);
	});

	// The function that it reads an env_file with: it starts no daemon, and prints no YAML.
	const compose = ["/usr/bin/python3", "-c", "import compose.config.environment"];
	withReader("is read by Compose", compose, async () => {
		const { held, file } = await printed("dotenv");
		const script = `import json, sys; from compose.config.environment import env_vars_from_file
print(json.dumps(env_vars_from_file(sys.argv[1])))`;
		expect(JSON.parse(output("/usr/bin/python3", "-c", script, file))).toEqual(held);
	});

	test("names what no such file can hold", async () => {
		const { held } = await printed("dotenv");
		const refused = [...VALUES].filter(([name]) => held[name] === undefined);
		const isLikeAnother = ([, value]: [string, string]) => {
			return /[\r\n]|\$\{.*\}|\\\\|\\$/.test(value) || /'.*["\\$#]|["\\$#].*'/s.test(value);
		};
		expect(refused.filter((entry) => !isLikeAnother(entry))).toEqual([]);
	});
});

describe("yaml", () => {
	const python = ["/usr/bin/python3", "-c", "import yaml; yaml.CSafeLoader"];
	withReader("is read by PyYAML and libyaml", python, async () => {
		const { held, file } = await printed("yaml");
		for (const loader of ["SafeLoader", "CSafeLoader"]) {
			const script = `import json, sys, yaml; print(json.dumps(yaml.load(open(sys.argv[1], newline=""), yaml.${loader})))`;
			expect(JSON.parse(output("/usr/bin/python3", "-c", script, file))).toEqual(held);
		}
	});

	withReader("is read by Psych", ["ruby", "-ryaml", "-e", ""], async () => {
		const { held, file } = await printed("yaml");
		const script = "puts JSON.generate(YAML.safe_load(File.read(ARGV[0], encoding: 'utf-8')))";
		expect(JSON.parse(output("ruby", "-ryaml", "-rjson", "-e", script, file))).toEqual(held);
	});

	withReader("keeps names that YAML 1.1 takes for more", ["ruby", "-ryaml", "-e", ""], async () => {
		const { cwd, alice } = team;
		const names = ["y", "N", "on", "OFF", "Yes", "no", "null", "True", "e1", "NaN"];
		const values = Object.fromEntries(names.map((name) => [name, name]));
		await pprotect(["import", "dev", "-"], { cwd, input: JSON.stringify(values) });
		const args = ["decrypt-domain", "dev", "--output-format", "yaml", "--output", "names.yaml"];
		await pprotect(args, { cwd, env: alice.env });
		const script = "puts JSON.generate(YAML.safe_load(File.read(ARGV[0])))";
		const read = output("ruby", "-ryaml", "-rjson", "-e", script, join(cwd, "names.yaml"));
		expect(JSON.parse(read)).toEqual(values);
		for (const name of names) await pprotect(["rm-secret", "dev", name], { cwd });
	});
});

withReader("jq takes json", ["jq", "--version"], async () => {
	const { held, file } = await printed("json");
	expect(JSON.parse(output("jq", ".", file))).toEqual(held);
});

test.each(FORMATS)("import takes %s back", async (format) => {
	const { cwd, alice } = team;
	const { held, text } = await printed(format);
	await pprotect(["add-domain", format], { cwd, env: alice.env });
	const notices = /^(pprotect: note: .* other programs may read its value differently.*\n)*$/;
	await pprotect(["import", format, "-"], { cwd, input: text, notices });
	const { stdout } = await pprotect(["decrypt-domain", format], { cwd, env: alice.env });
	expect(JSON.parse(stdout)).toEqual(held);
});
