import { expect, test } from "bun:test";
import { commandsFor } from "../../../src/cli/synonyms.ts";
import { COMMANDS } from "../../../src/commands/registry.ts";

const NAMES = COMMANDS.map(({ name }) => name);
const DESTROYING = /^(rm-|offboard|truncate)/;

test.each([
	["delete-secret", "rm-secret"],
	["get-secret", "decrypt-domain"],
	["export", "decrypt-domain"],
	["audit", "list-audit-log"],
	["invite", "add-key-custodian"],
	["share", "add-owner"],
	["run", "exec"],
	["passwd", "set-key-custodian-passphrase"],
	["rotate", "rotate-domain-keys"],
	["log", "list-audit-log"],
	["ls", "list-domain-secrets"],
])("%s leads to %s", (word, command) => {
	expect(commandsFor(word, NAMES)).toContain(command);
});

test.each(["ls", "show", "get-secret", "add", "set-secret", "update", "rename", "export", "env"])(
	"%s leads to nothing that destroys",
	(word) => {
		expect(commandsFor(word, NAMES).filter((name) => DESTROYING.test(name))).toEqual([]);
	},
);

test("an unknown word leads nowhere", () => {
	expect(commandsFor("constructor", NAMES)).toEqual([]);
});
