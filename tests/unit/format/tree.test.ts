import { describe, expect, test } from "bun:test";
import type { Tree } from "../../../src/format/emit.ts";
import { sameTree, toTree } from "../../../src/format/tree.ts";

describe("toTree", () => {
	test("has domains by code point, then the custodians, then the log", () => {
		const domain = { publicKey: "K", owners: new Map([["o", "O"]]), secrets: new Map() };
		const tree = toTree({
			domains: new Map([
				["😀", domain],
				["zz", domain],
				["key-custodiant", domain],
				["\uFF5E", domain],
				["123", domain],
			]),
			custodians: new Map(),
			auditLog: [],
		});
		expect([...tree.keys()]).toEqual([
			"123",
			"key-custodiant",
			"zz",
			"\uFF5E",
			"😀",
			"key-custodians",
			"audit-log",
		]);
	});

	test("has secrets by code point, then meta with the public key and the owners", () => {
		const tree = toTree({
			domains: new Map([
				[
					"d",
					{
						publicKey: "K",
						owners: new Map([
							["b", "B"],
							["a", "A"],
						]),
						secrets: new Map([
							["b", "2"],
							["B", "1"],
						]),
					},
				],
			]),
			custodians: new Map([["c", "C"]]),
			auditLog: ["z", "a"],
		});
		const text = JSON.stringify([...tree], (_, value) =>
			value instanceof Map ? [...value] : value,
		);
		expect(JSON.parse(text)).toEqual([
			[
				"d",
				[
					["secret-B", "1"],
					["secret-b", "2"],
					[
						"meta",
						[
							["public-key", "K"],
							[
								"owners",
								[
									["a", "A"],
									["b", "B"],
								],
							],
						],
					],
				],
			],
			["key-custodians", [["c", [["pwdkm", "C"]]]]],
			["audit-log", ["z", "a"]],
		]);
	});
});

describe("sameTree", () => {
	const tree = new Map<string, Tree>([
		["a", "1"],
		["b", ["x", "y"]],
		["c", new Map([["d", "2"]])],
	]);

	test("holds whatever the order of the names", () => {
		expect(sameTree(tree, new Map([...tree].reverse()))).toBe(true);
	});

	test.each<[string, Tree]>([
		["another text", new Map(tree).set("a", "2")],
		["another name", new Map(tree).set("e", "1")],
		["a name less", new Map([...tree].slice(1))],
		["a name for a name", new Map([...tree].slice(1)).set("A", "1")],
		["another item", new Map(tree).set("b", ["x", "z"])],
		["another order of items", new Map(tree).set("b", ["y", "x"])],
		["an item more", new Map(tree).set("b", ["x", "y", "y"])],
		["an item less", new Map(tree).set("b", ["x"])],
		["a difference further in", new Map(tree).set("c", new Map([["d", "3"]]))],
		["a text for a list", new Map(tree).set("b", "x")],
		["a list for a text", new Map(tree).set("a", ["1"])],
		["a list for a mapping", new Map(tree).set("c", ["d"])],
		["nothing for a mapping", new Map(tree).set("c", new Map())],
	])("does not hold with %s", (_, other) => {
		expect(sameTree(tree, other)).toBe(false);
		expect(sameTree(other, tree)).toBe(false);
	});
});
