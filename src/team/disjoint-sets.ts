/** Sets of names that are joined pair after pair, each name in one set (union-find). */
export class DisjointSets {
	readonly #parents = new Map<string, string>();

	/** The name that stands for the set of this one. */
	find(name: string): string {
		let root = name;
		for (let next = this.#parents.get(root); next !== undefined; next = this.#parents.get(root)) {
			root = next;
		}
		for (let at = name; at !== root; ) {
			const next = this.#parents.get(at) ?? root;
			this.#parents.set(at, root);
			at = next;
		}
		return root;
	}

	join(one: string, other: string): void {
		const [first, second] = [this.find(one), this.find(other)];
		if (first !== second) this.#parents.set(first, second);
	}

	isSame(one: string, other: string): boolean {
		return this.find(one) === this.find(other);
	}
}
