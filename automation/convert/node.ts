/**
 * A file that is read, as a tree that remembers which of its values somebody has looked at. What nobody has looked at is named in the
 * end, so that nothing is lost without a word.
 */

export type Path = readonly (string | number)[];
export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

export class Node {
    #used = false;
    #reason: string | undefined;

    private constructor(
        readonly file: string,
        readonly path: Path,
        private readonly scalar: unknown,
        private readonly children: ReadonlyMap<string | number, Node> | undefined,
        readonly isList: boolean,
        /** Names of variables of which the file's own default is taken. */
        readonly defaults: readonly string[] = [],
    ) {}

    static of(file: string, value: unknown, path: Path = [], defaults: readonly string[] = []): Node {
        const isList = Array.isArray(value);
        if (value === null || typeof value !== "object" || Object.keys(value).length === 0) {
            return new Node(file, path, value, undefined, isList);
        }
        const children = Object.entries(value).map(([key, inner]): [string | number, Node] => {
            const step = isList ? Number(key) : key;
            return [step, Node.of(file, inner, [...path, step])];
        });
        return new Node(file, path, undefined, new Map(children), isList, defaults);
    }

    /** `services.web.ports[0]` */
    get where(): string {
        return this.path
            .map((step, i) => (typeof step === "number" ? `[${step}]` : `${i > 0 ? "." : ""}${step}`))
            .join("");
    }

    get isMap(): boolean {
        return this.children !== undefined ? !this.isList : this.isEmpty && !this.isList && this.scalar !== null;
    }

    get isLeaf(): boolean {
        return this.children === undefined;
    }

    /** An empty text, list or mapping, or null. */
    get isNothing(): boolean {
        return this.isEmpty || (this.isLeaf && this.scalar === "");
    }

    private get isEmpty(): boolean {
        return this.children === undefined && typeof this.scalar === "object";
    }

    /** What is below these keys, without looking at it. */
    get(...keys: Path): Node | undefined {
        const [first, ...rest] = keys;
        if (first === undefined) return this;
        return this.children?.get(first)?.get(...rest);
    }

    entries(): [string, Node][] {
        return this.isList ? [] : [...(this.children ?? [])].map(([key, node]) => [String(key), node]);
    }

    items(): Node[] {
        return this.isList ? [...(this.children?.values() ?? [])] : [];
    }

    /** The values, not counted as looked at. */
    plain(): Plain {
        if (!this.children) return (this.scalar ?? null) as Plain;
        if (this.isList) return this.items().map((item) => item.plain());
        return Object.fromEntries(this.entries().map(([key, node]) => [key, node.plain()]));
    }

    /** The values, all of them counted as looked at. */
    take(): Plain {
        for (const leaf of this.leaves()) leaf.#used = true;
        return this.plain();
    }

    /** A single value as text. */
    text(): string | undefined {
        if (!this.isLeaf || this.isEmpty || this.scalar === null) return undefined;
        this.#used = true;
        return String(this.scalar);
    }

    /** One value or a list of values as texts. */
    texts(): string[] {
        const one = this.text();
        return one !== undefined ? [one] : this.items().flatMap((item) => item.text() ?? []);
    }

    number(): number | undefined {
        const text = this.text();
        return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
    }

    /** Leaves it out, since it is so here without being said, or means nothing here. */
    leaveOut(reason: string) {
        for (const leaf of this.leaves()) {
            if (leaf.#used) continue;
            leaf.#used = true;
            leaf.#reason = reason;
        }
    }

    get reason(): string | undefined {
        return this.#reason;
    }

    get isUsed(): boolean {
        return this.isLeaf ? this.#used : [...this.children!.values()].every((child) => child.isUsed);
    }

    leaves(): Node[] {
        return this.children ? [...this.children.values()].flatMap((child) => child.leaves()) : [this];
    }

    /** What nobody has looked at: the largest parts in which nothing was. */
    unused(): Node[] {
        if (this.leaves().every((leaf) => !leaf.#used)) return [this];
        return [...(this.children?.values() ?? [])].flatMap((child) => child.unused());
    }

    /** This one with what another says on top: mappings key by key, anything else as a whole. */
    with(over: Node | undefined, appendLists = false): Node {
        if (!over) return this;
        if (appendLists && this.isList && over.isList) {
            const items = [...this.items(), ...over.items()].map((item, i): [number, Node] => [i, item]);
            return new Node(over.file, over.path, undefined, new Map(items), true);
        }
        if (!this.isMap || !over.isMap) return over;
        const keys = new Set([...this.entries(), ...over.entries()].map(([key]) => key));
        const children = [...keys].map((key): [string, Node] => {
            const own = this.get(key);
            return [key, own ? own.with(over.get(key), appendLists) : over.get(key)!];
        });
        return new Node(
            this.file,
            this.path,
            children.length > 0 ? undefined : {},
            children.length > 0 ? new Map(children) : undefined,
            false,
        );
    }

    without(...keys: string[]): Node {
        if (!this.children || this.isList) return this;
        const left = [...this.children].filter(([key]) => !keys.includes(String(key)));
        return left.length > 0
            ? new Node(this.file, this.path, undefined, new Map(left), false)
            : new Node(this.file, this.path, {}, undefined, false);
    }
}
