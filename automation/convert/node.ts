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

    /*
     * What follows reads the node itself, or what is below `keys`: nothing is there where the file has none of them.
     */

    entries(...keys: Path): [string, Node][] {
        const node = this.get(...keys);
        return !node || node.isList ? [] : [...(node.children ?? [])].map(([key, child]) => [String(key), child]);
    }

    items(...keys: Path): Node[] {
        const node = this.get(...keys);
        return node?.isList ? [...(node.children?.values() ?? [])] : [];
    }

    /** The elements of a list, or the one that stands there without a list. */
    all(...keys: Path): Node[] {
        const node = this.get(...keys);
        return !node ? [] : node.isList ? node.items() : [node];
    }

    /** The values, not counted as looked at. */
    plain(...keys: Path): Plain | undefined {
        const node = this.get(...keys);
        if (!node) return undefined;
        if (!node.children) return (node.scalar ?? null) as Plain;
        if (node.isList) return node.items().map((item) => item.plain()!);
        return Object.fromEntries(node.entries().map(([key, child]) => [key, child.plain()!]));
    }

    /** The values, all of them counted as looked at. */
    take(...keys: Path): Plain | undefined {
        const node = this.get(...keys);
        for (const leaf of node?.leaves() ?? []) leaf.#used = true;
        return node?.plain();
    }

    /** A single value as text. */
    text(...keys: Path): string | undefined {
        const node = this.get(...keys);
        if (!node?.isLeaf || node.isEmpty || node.scalar === null) return undefined;
        node.#used = true;
        return String(node.scalar);
    }

    /** One value or a list of values as texts. */
    texts(...keys: Path): string[] {
        const only = this.text(...keys);
        return only !== undefined ? [only] : this.items(...keys).flatMap((item) => item.text() ?? []);
    }

    /** `KEY: value` or `- KEY=value`; without a value where the file leaves it to whoever starts it. */
    pairs(...keys: Path): Record<string, string | undefined> {
        const node = this.get(...keys);
        const inList = (text: string): [string, string | undefined] => {
            const at = text.indexOf("=");
            return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
        };
        const inMap = ([key, value]: [string, Node]): [string, string | undefined] => {
            if (value.isLeaf) value.#used = true;
            return [key, value.text()];
        };
        if (!node) return {};
        return Object.fromEntries(node.isList ? node.texts().map(inList) : node.entries().map(inMap));
    }

    number(...keys: Path): number | undefined {
        const text = this.text(...keys);
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

    /** Leaves out what is below these keys, by the reason; `deploy.placement` is below `deploy`. */
    leaveOutAll(reasons: Readonly<Record<string, readonly string[]>>) {
        for (const [reason, keys] of Object.entries(reasons))
            for (const key of keys) this.get(...key.split("."))?.leaveOut(reason);
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
    with(over: Node | undefined): Node {
        if (!over) return this;
        if (!this.isMap || !over.isMap) return over;
        const keys = new Set([...this.entries(), ...over.entries()].map(([key]) => key));
        const children = [...keys].map((key): [string, Node] => {
            const own = this.get(key);
            return [key, own ? own.with(over.get(key)) : over.get(key)!];
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
