/** docs/containers.md tells the truth: its entrypoints and commands are run as they stand there. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { ROOT as PROJECT } from "../../scripts/compile.ts";
import {
	canMakeRoot,
	inRoot,
	KEY_PATH,
	librariesOfPprotect,
	makeRoot,
	NOBODY,
	PPROTECT_PATH,
	putFile,
	putKey,
	putScript,
	ROOT,
} from "../support/container-root.ts";
import { makeSecrets, type Secrets } from "../support/container-secrets.ts";
import { run } from "../support/exec-driver-process.ts";
import { blocksOf } from "../support/markdown.ts";
import { PPROTECT, scratchFolder } from "../support/pprotect.ts";

setDefaultTimeout(60_000);

const BLOCKS = blocksOf(readFileSync(join(PROJECT, "docs/containers.md"), "utf8"));

/** The YAML document that has `key` at its top, as YAML 1.1 reads it: 0440 is octal there. */
function yamlWith(key: string) {
	const documents = blocks("yaml").map((text) => parse(text, { version: "1.1" }));
	return documents.find((document) => key in document);
}

function blocks(info: string): string[] {
	return BLOCKS.filter((block) => block.info === info).map(({ code }) => code);
}

/** What container runtimes set where an image does not. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Says that it was started, and with what. */
const SERVER = 'echo "server $* $TOKEN $TLS_KEY_FILE"\n';
const STARTED = "server --port 8080 s3cr3t \n";

/** What a Dockerfile says of its image. */
interface Image {
	readonly from: string;
	readonly command: readonly string[];
	readonly env: Readonly<Record<string, string>>;
	readonly user: number | undefined;
	/** What is copied from another image. */
	readonly copied: readonly string[];
}

function readDockerfile(text: string): Image {
	const arguments_ = (name: string) => {
		return [...text.matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map(([, rest = ""]) => rest);
	};
	const list = (name: string): string[] => JSON.parse(arguments_(name)[0] ?? "[]");
	const variables = arguments_("ENV").flatMap((line) => line.split(" "));
	const [user] = arguments_("USER");
	return {
		from: arguments_("FROM").at(-1) ?? "",
		command: [...list("ENTRYPOINT"), ...list("CMD")],
		env: Object.fromEntries(variables.map((variable) => variable.split("=", 2))),
		user: user === undefined ? undefined : Number(user.split(":")[0]),
		copied: arguments_("COPY --from=glibc").flatMap((line) => line.split(" ").slice(0, -1)),
	};
}

/** Runs a program as systemd does under MemoryDenyWriteExecute. */
const DENY_MACHINE_CODE = `
import ctypes, os, sys
PR_SET_MDWE = 65
if ctypes.CDLL(None).prctl(PR_SET_MDWE, 1, 0, 0, 0) != 0:
    sys.exit(1)
os.execvp(sys.argv[1], sys.argv[1:])
`;

function denyMachineCode(command: readonly string[]): string[] {
	return ["python3", "-c", DENY_MACHINE_CODE, ...command];
}

const canDenyMachineCode =
	process.arch === "x64" &&
	Bun.which("python3") !== null &&
	run(denyMachineCode(["true"])).exitCode === 0;

const IMAGES = blocks("dockerfile").map(readDockerfile);

test("there is an image for each kind of system", () => {
	expect(IMAGES.map(({ from }) => from.replace(/[:/].*/, ""))).toEqual([
		"debian",
		"alpine",
		"gcr.io",
		"scratch",
	]);
});

describe.skipIf(process.platform !== "linux")("in docs/containers.md (linux)", () => {
	let secrets: Secrets;
	beforeAll(async () => {
		const values = { TOKEN: "s3cr3t", "tls-key": "key", "db-password": "pw" };
		secrets = await makeSecrets({ prod: { ...values, keystore: "AAH/" } });
	});

	describe.skipIf(!canMakeRoot)(ROOT, () => {
		let root: string;
		beforeAll(() => {
			root = makeRoot(secrets);
			putScript(root, "/app/server", SERVER);
		});
		afterAll(() => rmSync(root, { recursive: true }));

		/** Runs `command` in /app, as a container runtime does. */
		function start(
			command: readonly string[],
			env: Readonly<Record<string, string>>,
			user = NOBODY,
		) {
			const inApp = ["/busybox", "sh", "-c", 'cd /app && exec "$@"', "sh", ...command];
			return run(inRoot(root, inApp, { user, env: { PATH: DEFAULT_PATH, ...env } }));
		}

		const SUCCESS = { exitCode: 0, stdout: STARTED, stderr: "" };

		test.each(IMAGES.map((image) => [image.from, image] as const))("%s", (_, image) => {
			expect(image.command.slice(-2)).toEqual(["--port", "8080"]);
			expect(image.env.PPROTECT_PASSPHRASE_FILE).toBe(KEY_PATH);
			expect(start(image.command, image.env, image.user)).toEqual(SUCCESS);
		});

		test.skipIf(process.arch !== "x64")(
			"the image from nothing has all that pprotect loads",
			() => {
				const image = IMAGES.find(({ from }) => from === "scratch");
				expect(image?.copied.toSorted()).toEqual(librariesOfPprotect().sort());
			},
		);

		test("Compose", () => {
			const compose = yamlWith("services");
			const { environment, secrets: names } = compose.services.app;
			expect(names).toEqual(Object.keys(compose.secrets));
			expect(environment.PPROTECT_PASSPHRASE_FILE).toBe(`/run/secrets/${names[0]}`);
			expect(start(IMAGES[0]?.command ?? [], environment)).toEqual(SUCCESS);
		});

		test("Kubernetes", () => {
			const deployment = yamlWith("kind");
			const { containers, volumes, securityContext } = deployment.spec.template.spec;
			expect(volumes[0].secret.defaultMode).toBe(0o440);
			const [{ command, args, env, volumeMounts }] = containers;
			const [{ secret, name }] = volumes;
			expect(volumeMounts[0].name).toBe(name);
			// As the volume's files are: root's, and the group's.
			const key = `${volumeMounts[0].mountPath}/app.key`;
			const owner = { owner: 0, group: securityContext.fsGroup, mode: secret.defaultMode };
			putKey(root, secrets, key, owner);
			const entries: { name: string; value: string }[] = env;
			const variables = Object.fromEntries(entries.map(({ name, value }) => [name, value]));
			expect(variables.PPROTECT_PASSPHRASE_FILE).toBe(key);
			expect(start([...command, ...args], variables, securityContext.runAsUser)).toEqual(SUCCESS);
		});

		test("systemd", () => {
			const [unit = ""] = blocks("ini");
			const setting = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";
			const [credential] = setting("LoadCredential").split(":");
			const folder = "/run/credentials/app.service";
			putKey(root, secrets, `${folder}/${credential}`, { owner: NOBODY, group: 0, mode: 0o400 });
			const command = setting("ExecStart").split(" ");
			const [file = "", server = ""] = command.filter((word) => word.startsWith("/srv/"));
			putFile(root, join(secrets.cwd, "protected.yaml"), file);
			putScript(root, server, SERVER);
			const variables = setting("Environment").replaceAll("%d", folder).split(" ");
			const env = Object.fromEntries(variables.map((variable) => variable.split("=", 2)));
			expect(command[0]).toBe(PPROTECT_PATH);
			expect(start(command, env)).toEqual(SUCCESS);
		});
	});

	test.skipIf(!canDenyMachineCode)(
		"what pprotect says under MemoryDenyWriteExecute (x64; needs linux 6.3, python3)",
		() => {
			const command = denyMachineCode(secrets.exec(["true"], "--uppercase"));
			const { stdout, stderr, exitCode } = run(command, { env: secrets.env });
			expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
			expect(blocks("text")).toContain(stderr);
		},
	);

	describe("the command lines", () => {
		/** Programs that hold a passphrase, by what they are asked for. */
		const KEEPERS = ["aws", "gcloud", "op", "security"];

		const lines = blocks("sh").flatMap((text) => text.trimEnd().split("\n"));

		test("are there", () => {
			const named = KEEPERS.filter((name) => lines.some((line) => line.includes(`'${name} `)));
			expect(named).toEqual(KEEPERS);
		});

		test.each(lines)("%s", (line) => {
			const tools = scratchFolder();
			for (const name of KEEPERS) putTool(join(tools, name), "cat app.key");
			putTool(join(tools, "pprotect"), `exec ${PPROTECT} "$@"`);
			const cwd = scratchFolder();
			copyFileSync(join(secrets.cwd, "protected.yaml"), join(cwd, "protected.yaml"));
			writeFileSync(join(cwd, "app.key"), secrets.passphrase, { mode: 0o600 });
			putTool(join(cwd, "server"), `${SERVER}test -z "$TLS_KEY_FILE" || cat "$TLS_KEY_FILE"`);
			const PATH = [tools, process.env.PATH].join(delimiter);
			const env = { PATH, PPROTECT_USER: secrets.user };
			const given = line.includes("--passphrase-") ? {} : { PPROTECT_PASSPHRASE_FILE: "app.key" };
			const outcome = run(["sh", "-c", line], { cwd, env: { ...env, ...given } });
			const warning = /^pprotect: warning: no shell can hold .*\n$/;
			expect(outcome.stderr).toMatch(line.includes("--uppercase") ? /^$/ : warning);
			expect(outcome.stdout).toMatch(/^server {2}s3cr3t (\n$|\/proc\/self\/fd\/\d+\nkey$)/);
			expect(outcome.exitCode).toBe(0);
		});
	});
});

function putTool(path: string, script: string): void {
	writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}
