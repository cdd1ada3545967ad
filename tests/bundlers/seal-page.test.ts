/** The page that seals, as `pprotect seal-page` writes it, in Chromium. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Driven, drivePage, lackOfBrowser, type Step } from "../support/chromium.ts";
import { pprotect, scratchFolder } from "../support/pprotect.ts";
import { auditTexts } from "../support/protected-file.ts";
import { PYTHON, readWithPython } from "../support/python.ts";
import { createTeam } from "../support/team.ts";
import { copyVector } from "../support/vectors.ts";

setDefaultTimeout(300_000);

const MAX_SIZE = 300_000;
const OPENED: Step = ["wait", "#file-message", "is open"];
const SEALED: readonly Step[] = [
	["click", "#seal"],
	["wait", "#result h2", "Send the file back"],
	["save", "#save-file"],
	["save", "#save-patch"],
];

/** Fills the fields of a row, counted from 1. */
function filled(row: number, domain: string, name: string, value?: string): Step[] {
	return [
		["fill", `#row-${row}-domain`, domain],
		["fill", `#row-${row}-name`, name],
		...(value === undefined ? [] : ([["fill", `#row-${row}-value`, value]] as const)),
	];
}

/** Opens the page that `seal-page` writes for the folder's file; downloads go into `saved`. */
async function onPage(
	cwd: string,
	steps: readonly Step[],
	{ args = [], width }: { args?: readonly string[]; width?: number } = {},
): Promise<Driven> {
	await pprotect(["seal-page", ...args, "--output", "page.html"], { cwd });
	const folder = join(cwd, "saved");
	mkdirSync(folder, { recursive: true });
	const url = pathToFileURL(join(cwd, "page.html")).href;
	return drivePage({ url, folder, steps, ...(width === undefined ? {} : { width }) });
}

/** The page as it is released, without a file in it. */
async function emptyPage(cwd: string): Promise<string> {
	const { stdout } = await pprotect(["seal-page", "--output", "-"], { cwd });
	const path = join(cwd, "empty.html");
	writeFileSync(path, stdout.replace(/(<meta name="protected-file" content=)"[^"]+"/, '$1""'));
	return pathToFileURL(path).href;
}

/** The text with neither boxes nor times, each as long as it was. */
function comparable(text: string): string {
	return text
		.replace(/[A-Za-z0-9+/]{20,}={0,2}/g, (box) => "x".repeat(box.length))
		.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "TIME");
}

/** Applies the saved patch to the folder's file, in a repository. */
function apply(cwd: string): void {
	const run = (...command: readonly string[]) => {
		const { success, stderr } = Bun.spawnSync([...command], { cwd, stderr: "pipe" });
		expect(success, stderr.toString()).toBe(true);
	};
	run("git", "init", "--quiet");
	run("git", "apply", join("saved", "protected.yaml.patch"));
}

describe.skipIf(lackOfBrowser !== "")(`the page${lackOfBrowser}`, () => {
	test("seals what the owners read, here and in Python, and its patch gives the same", async () => {
		const { cwd, alice } = await createTeam();
		await pprotect(["add-secret", "prod", "old", "--value-file=-"], { cwd, input: "before" });
		const bytes = Buffer.from("a\r\nväl\u2028ue\n\n");
		writeFileSync(join(cwd, "value.txt"), bytes);
		const driven = await onPage(cwd, [
			OPENED,
			...filled(1, "prod", "old", "two\nlines"),
			["click", "#another"],
			...filled(2, "dev", "from-file"),
			["choose", "fieldset:nth-of-type(2) input[type=file]", join(cwd, "value.txt")],
			["wait", "#row-2-message", "Adds the new secret from-file to dev"],
			["text", "#row-1-message"],
			...SEALED,
			["text", "#done"],
			["run", "", "[...document.querySelectorAll('#rows textarea')].map((it) => it.value).join()"],
		]);
		expect(driven.errors).toEqual([]);
		expect(driven.requests).toHaveLength(1);
		const [message, , , name, patchName, done, left] = driven.results.slice(-7);
		expect(message).toContain("Replaces the value of old in prod. alice@example.com can read it.");
		expect([name, patchName]).toEqual(["protected.yaml", "protected.yaml.patch"]);
		expect(done).toBe("Changed old in prod.\nAdded from-file to dev.");
		expect(left).toBe("");

		const saved = readFileSync(join(cwd, "saved/protected.yaml"));
		apply(cwd);
		expect(readFileSync(join(cwd, "protected.yaml")).equals(saved)).toBe(true);
		expect(auditTexts(cwd).slice(-2)).toEqual([
			"updated secret old in prod",
			"added secret from-file in dev",
		]);
		const read = async (domain: string) =>
			JSON.parse((await pprotect(["decrypt-domain", domain], { cwd, env: alice.env })).stdout);
		const values = {
			prod: { old: "two\nlines" },
			dev: { "from-file": bytes.toString() },
		};
		expect({ prod: await read("prod"), dev: await read("dev") }).toEqual(values);
		if (PYTHON === undefined) return;
		const { values: inPython } = readWithPython(cwd, { [alice.user]: alice.passphrase });
		expect(inPython).toEqual({ [alice.user]: values });
	});

	test.each([
		{ name: "ours", ending: "\n", vector: undefined, domain: "prod" },
		{ name: "folded as Python does", ending: "\n", vector: "v2-raw.yaml", domain: "ci" },
		{ name: "with the line ends of Windows", ending: "\r\n", vector: undefined, domain: "prod" },
	])("writes the bytes that the command writes: a file $name", async (given) => {
		const { ending, vector, domain } = given;
		const cwd = vector === undefined ? (await createTeam()).cwd : copyVector(vector);
		const path = join(cwd, "protected.yaml");
		writeFileSync(path, readFileSync(path, "utf8").replaceAll("\n", ending));
		const other = scratchFolder();
		copyFileSync(path, join(other, "protected.yaml"));
		const value = "a value of some length, so that a line may be folded ".repeat(4);
		await onPage(cwd, [OPENED, ...filled(1, domain, "made-here", value), ...SEALED]);
		const add = ["add-secret", domain, "made-here", "--value-file=-"];
		await pprotect(add, { cwd: other, input: value });
		const expected = readFileSync(join(other, "protected.yaml"), "utf8");
		const saved = readFileSync(join(cwd, "saved/protected.yaml"), "utf8");
		expect(comparable(saved)).toBe(comparable(expected));
		apply(cwd);
		expect(readFileSync(path, "utf8")).toBe(saved);
	});

	test("takes a file that is chosen, pasted or dropped, checks it, and says what is wrong", async () => {
		const { cwd } = await createTeam();
		const folder = cwd;
		const text = readFileSync(join(cwd, "protected.yaml"), "utf8");
		writeFileSync(join(cwd, "broken.yaml"), `${text}\n<<<<<<< ours\n`);
		const { fingerprints } = await statusOf(cwd);
		const drop = `const data = new DataTransfer();
			data.items.add(new File([${JSON.stringify(text)}], "protected.yaml"));
			const event = { dataTransfer: data, bubbles: true, cancelable: true };
			void document.body.dispatchEvent(new DragEvent("drop", event));`;
		const driven = await drivePage({
			url: await emptyPage(cwd),
			folder,
			steps: [
				["choose", "#file", join(cwd, "broken.yaml")],
				["wait", "#findings", "holds a Git conflict marker"],
				["run", "", "document.querySelector('#values').hidden"],
				["run", "", drop],
				OPENED,
				["choose", "#file", join(cwd, "broken.yaml")],
				["wait", "#findings", "holds a Git conflict marker"],
				["fill", "#pasted", text],
				["click", "#open-pasted"],
				OPENED,
				["text", "#domains"],
				["choose", "#file", join(cwd, "protected.yaml")],
				OPENED,
				["run", "", "document.querySelector('#values').hidden"],
			],
		});
		expect(driven.errors).toEqual([]);
		expect(driven.results[2]).toBe(true);
		for (const fingerprint of fingerprints) expect(driven.results[10]).toContain(fingerprint);
		expect(driven.results[10]).toContain("alice@example.com");
		expect(driven.results.at(-1)).toBe(false);
	});

	test("refuses what the command refuses, and seals nothing then", async () => {
		const { cwd } = await createTeam();
		const seal: Step = ["click", "#seal"];
		const message = (row: number): Step => ["text", `#row-${row}-message`];
		const { results } = await onPage(cwd, [
			OPENED,
			seal,
			message(1),
			...filled(1, "prod", "1st", "value"),
			seal,
			message(1),
			...filled(1, "prod", "name", ""),
			seal,
			message(1),
			["fill", "#row-1-value", "value"],
			["click", "#another"],
			...filled(2, "prod", "name", "other"),
			seal,
			message(2),
			["run", "", "document.querySelector('#result').hidden"],
			["fill", "#row-2-name", "ld-preload"],
			message(2),
		]);
		const told = results.filter((result) => result !== null);
		expect(told[0]).toBe("no domain is chosen");
		expect(told[1]).toContain('"1st" is not a valid secret name');
		expect(told[2]).toBe("the value is empty");
		expect(told[3]).toBe("name is given twice");
		expect(told[4]).toBe(true);
		expect(told[5]).toContain("LD_PRELOAD decides what the dynamic loader loads");
	});

	test("offers one domain where the command names one", async () => {
		const { cwd } = await createTeam();
		const { results } = await onPage(
			cwd,
			[OPENED, ["text", "#domains"], ["value", "#row-1-domain"]],
			{ args: ["--domain", "prod"] },
		);
		expect(results[1]).toContain("Domain prod");
		expect(results[1]).not.toContain("Domain dev");
		expect(results[2]).toBe("prod");
	});

	test("makes no request, cannot be made to, and stores nothing", async () => {
		let hits = 0;
		using server = Bun.serve({
			hostname: "127.0.0.1",
			port: 0,
			fetch: () => {
				hits++;
				return new Response("");
			},
		});
		const { cwd } = await createTeam();
		const there = server.url.href;
		const attempts = [
			`fetch("${there}").then(() => "sent", () => "refused")`,
			`new Promise((done) => { const it = new Image(); it.onload = () => done("sent"); it.onerror = () => done("refused"); it.src = "${there}"; })`,
			`String(navigator.sendBeacon("${there}", "x"))`,
			`try { document.body.innerHTML = "<p>x</p>"; "taken" } catch { "refused" }`,
			`new Promise((done) => { const it = document.createElement("script"); it.onerror = () => done("refused"); it.onload = () => done("ran"); try { it.src = "${there}"; document.body.append(it); } catch { done("refused") } })`,
		];
		const { results } = await onPage(cwd, [
			OPENED,
			...filled(1, "prod", "name", "s3cret"),
			...SEALED,
			...attempts.map((code): Step => ["run", "", code]),
			[
				"run",
				"",
				"indexedDB.databases().then((all) => [all.length, localStorage.length, sessionStorage.length, document.cookie].join())",
			],
		]);
		const outcomes = results.slice(-attempts.length - 1);
		expect(outcomes.filter((_, index) => index !== 2)).toEqual([
			"refused",
			"refused",
			"refused",
			"refused",
			"0,0,0,",
		]);
		expect(hits).toBe(0);
	});

	test("forgets what was typed when it is left", async () => {
		const { cwd } = await createTeam();
		const fields =
			"[...document.querySelectorAll('input:not([type=checkbox]), textarea')].map((it) => it.value).join('')";
		const { results } = await onPage(cwd, [
			OPENED,
			...filled(1, "prod", "name", "s3cret"),
			["fill", "#pasted", "text"],
			["run", "", fields],
			["run", "", "void dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))"],
			["run", "", fields],
		]);
		expect(results.at(-3)).toContain("s3cret");
		expect(results.at(-1)).toBe("");
	});

	test("shows hostile names as the text that they are", async () => {
		const { cwd } = await createTeam();
		const attack = `</script><img src=x onerror="alert(1)"><!--"'>&lt;\u2028\u202e`;
		const path = join(cwd, "protected.yaml");
		const text = readFileSync(path, "utf8");
		const hostile = text
			.replaceAll(/^dev:/gm, `${JSON.stringify(attack)}:`)
			.replaceAll(/^( +)bob@example\.com:/gm, `$1${JSON.stringify(`bob ${attack}`)}:`);
		expect(hostile.split("<img").length).toBeGreaterThan(2);
		writeFileSync(path, hostile);
		const count = "document.querySelectorAll('img, script').length";
		const { results, errors, requests } = await onPage(
			cwd,
			[
				OPENED,
				["text", "#domains"],
				["run", "", count],
				...filled(1, attack, "name", "value"),
				["text", "#row-1-message"],
				...SEALED,
				["text", "#done"],
				["run", "", count],
			],
			{ args: ["--domain", attack] },
		);
		const visible = `</script><img src=x onerror="alert(1)"><!--"'>&lt;\\u{2028}\\u{202e}`;
		expect(errors).toEqual([]);
		expect(requests).toHaveLength(1);
		expect(results[1]).toContain(visible);
		expect(results[2]).toBe(1);
		expect(results.find((it) => String(it).includes("Adds the new secret"))).toContain(visible);
		expect(results.at(-2)).toBe(`Added name to ${visible}.`);
		expect(results.at(-1)).toBe(1);
	});

	test("a hostile file name changes nothing either", async () => {
		const { cwd } = await createTeam();
		const name = `"><img src=x onerror=alert(1)>$&$'.yaml`;
		copyFileSync(join(cwd, "protected.yaml"), join(cwd, name));
		const { results, errors } = await onPage(
			cwd,
			[OPENED, ...filled(1, "prod", "name", "value"), ...SEALED],
			{ args: ["--file", name] },
		);
		expect(errors).toEqual([]);
		expect(results.slice(-2)).toEqual(["protected.yaml", "protected.yaml.patch"]);
	});

	test("works with the keyboard alone, on a phone, and every field has a label", async () => {
		const { cwd, alice } = await createTeam();
		const labels =
			"[...document.querySelectorAll('input, select, textarea')].filter((it) => it.labels.length === 0).map((it) => it.id).join()";
		const { results } = await onPage(
			cwd,
			[
				OPENED,
				["type", "#row-1-name", "typed-name"],
				["press", "", "Tab"],
				["keys", "", "typed välue"],
				["run", "", labels],
				["run", "", "document.querySelector('#seal').focus()"],
				["press", "", "Enter"],
				["wait", "#result h2", "Send the file back"],
				["run", "", "document.activeElement.id"],
				["run", "", "String(document.documentElement.scrollWidth <= innerWidth)"],
				["save", "#save-file"],
			],
			{ args: ["prod"], width: 320 },
		);
		expect(results[4]).toBe("");
		expect(results.slice(-3)).toEqual(["result-heading", "true", "protected.yaml"]);
		copyFileSync(join(cwd, "saved/protected.yaml"), join(cwd, "protected.yaml"));
		const read = ["decrypt-domain", "prod", "--secret", "typed-name"];
		const { stdout } = await pprotect(read, { cwd, env: alice.env });
		expect(stdout).toBe("typed välue\n");
	});
});

test(`the page has fewer than ${MAX_SIZE} bytes, and a policy that allows nothing else`, async () => {
	const { cwd } = await createTeam();
	await pprotect(["seal-page", "--output", "page.html"], { cwd });
	const path = join(cwd, "page.html");
	expect(statSync(path).size).toBeLessThan(MAX_SIZE);
	const [, policy = ""] =
		/http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(readFileSync(path, "utf8")) ?? [];
	const rules = new Map(
		policy.split("; ").map((rule) => [rule.split(" ")[0], rule.split(" ").slice(1).join(" ")]),
	);
	expect(rules.get("default-src")).toBe("'none'");
	for (const kind of ["script-src", "style-src"]) {
		expect(rules.get(kind)).toMatch(/^'sha256-[A-Za-z0-9+/]{43}='$/);
	}
	expect([...rules.keys()].filter((kind) => kind?.endsWith("-src"))).toHaveLength(3);
});

async function statusOf(cwd: string): Promise<{ fingerprints: readonly string[] }> {
	const { stdout } = await pprotect(["status", "--json"], { cwd });
	const { domains }: { domains: { fingerprint: string }[] } = JSON.parse(stdout);
	expect(domains.length).toBeGreaterThan(0);
	return { fingerprints: domains.map(({ fingerprint }) => fingerprint) };
}
