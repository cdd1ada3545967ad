/** The rounds of `edit`, with an editor and a user that are functions. */
import { beforeAll, expect, test } from "bun:test";
import { type EditHost, EditSession } from "../../../src/commands/edit-session.ts";
import { generateRawPassphrase } from "../../../src/crypto/key-derivation.ts";
import { InputEndedError, ListedError, ProtectError } from "../../../src/errors.ts";
import { Creds } from "../../../src/model/creds.ts";
import { createCustodianKey, type UnlockedCustodian } from "../../../src/model/key-custodian.ts";
import { KeyFile } from "../../../src/model/key-file.ts";

let initial: KeyFile;
let owner: UnlockedCustodian;
beforeAll(async () => {
	const creds = new Creds("alice@example.com", generateRawPassphrase());
	initial = KeyFile.create()
		.addKeyCustodian(await createCustodianKey(creds, { kdf: "raw" }))
		.addDomain("prod", creds.name)
		.addSecret("prod", "a", "1")
		.addSecret("prod", "b", "2");
	owner = await initial.unlock(creds);
});

/** One round: what becomes of the text, and what somebody else does to the file meanwhile. */
interface Round {
	readonly edit: (text: string) => string;
	readonly meanwhile?: (keyFile: KeyFile) => KeyFile;
}

async function play(rounds: readonly Round[], answers: readonly string[], options = {}) {
	let file = initial;
	const [shown, said, asked]: [string[], string[], string[]] = [[], [], []];
	const host: EditHost = {
		path: "protected.yaml",
		isAttended: true,
		agreesToRemove: false,
		async edit({ text }) {
			const round = rounds[shown.length];
			if (!round) throw new Error("one round too many");
			shown.push(text);
			file = round.meanwhile?.(file) ?? file;
			return { text: round.edit(text), isUtf8: true };
		},
		async ask(question) {
			const answer = answers[asked.push(question) - 1];
			if (answer === undefined) throw new InputEndedError("the input ended");
			return answer;
		},
		notice: (text) => void said.push(text),
		load: () => file,
		async save(change) {
			file = change(file);
			return true;
		},
		...options,
	};
	const outcome = await new EditSession(host, "prod", owner).run(initial).catch((error) => error);
	return { outcome, shown, said, asked, values: file.decryptDomain("prod", owner) };
}

const values = (object: Readonly<Record<string, string>>) => new Map(Object.entries(object));

test("a text that was not mended is shown again only to who wants that", async () => {
	const bad: Round = { edit: (text) => text.replace("a: '1'", "a: [") };
	const same: Round = { edit: (text) => text };
	const good: Round = { edit: (text) => text.replace("a: [", "a: 3") };
	const mended = await play([bad, same, good], ["y"]);
	expect(mended.asked).toEqual(["Edit again? [y/N] "]);
	expect(mended.values).toEqual(values({ a: "3", b: "2" }));

	for (const answers of [["n"], []]) {
		const { outcome, values: left } = await play([bad, same], answers);
		expect(outcome).toBeInstanceOf(ListedError);
		expect(outcome.message).toBe("nothing was written, as the text cannot be read");
		expect(outcome.details).toEqual([
			"line 7: is not valid YAML (a colon, quote or bracket is missing)",
		]);
		expect(left).toEqual(values({ a: "1", b: "2" }));
	}
});

test("a clash is told where it is, whoever changed or removed", async () => {
	const edit = (text: string) => text.replace("a: '1'", "a: 3").replace("b: '2'\n", "c: '4'\n");
	const meanwhile = (keyFile: KeyFile) =>
		keyFile.removeSecret("prod", "a").updateSecret("prod", "b", "5").addSecret("prod", "c", "6");
	const {
		asked,
		said,
		shown,
		values: left,
	} = await play([{ edit, meanwhile }, { edit: (text) => text }], ["y", "y"]);
	expect(asked).toEqual([
		"Remove from the domain? [y/N, or e to edit again] ",
		"Edit again? [y/N] ",
	]);
	expect(said.at(-1)).toContain("somebody else has changed a, c, b in protected.yaml meanwhile");
	expect(shown[1]).toEndWith(
		[
			"#!! a: somebody else has removed it meanwhile; what is here would take its place",
			"a: '3'",
			"#!! somebody else has changed b meanwhile: so it is here again",
			"b: '5'",
			"#!! c: somebody else has given it another value meanwhile; what is here would take its place",
			"c: '4'",
			"",
		].join("\n"),
	);
	expect(left).toEqual(values({ a: "3", b: "5", c: "4" }));
});

test("what stops the writing need not lose what was typed", async () => {
	let tries = 0;
	const save = async () => {
		if (tries++ === 0) throw new ProtectError("the disk is full");
		return true;
	};
	const edit = (text: string) => text.replace("'1'", "3");
	const { shown, said, outcome } = await play([{ edit }, { edit: (text) => text }], ["y"], {
		save,
	});
	expect(said).toEqual(["the disk is full"]);
	expect(shown[1]).toEndWith("a: '3'\nb: '2'\n");
	expect(outcome).toBeUndefined();
	expect(tries).toBe(2);
});

test("where nobody sits, what stops the writing is the error", async () => {
	const save = async () => {
		throw new ProtectError("the disk is full");
	};
	const edit = (text: string) => text.replace("'1'", "3");
	const { outcome, asked } = await play([{ edit }], [], { save, isAttended: false });
	expect(outcome.message).toBe("the disk is full");
	expect(asked).toEqual([]);
});
