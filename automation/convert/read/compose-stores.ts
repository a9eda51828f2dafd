/** Databases, caches and tools of development in a compose file: no part of the application. */
import { insteadOf, knownStore, ofPlatform } from "../known-images";
import type { App, Input } from "../model";
import type { Node } from "../node";
import { asWritten } from "./interpolate";

/** One service of a compose file, with the file that it is in. */
export interface Read {
    readonly app: App;
    readonly input: Input;
    readonly whole: Node;
    readonly name: string;
    readonly service: Node;
    readonly awaited: boolean;
    readonly environment: string | undefined;
}

/** By which names the application reaches a service: its own, aliases in networks, and those of others' links (`db:database`). */
function namesOf({ name, whole }: Read, service: Node): string[] {
    const own = ["container_name", "hostname"].flatMap((key) => service.plain(key) ?? []).map(String);
    const aliases = service.entries("networks").flatMap(([, network]) => network.plain("aliases") ?? []);
    const links = whole.entries("services").flatMap(([, other]) => other.plain("links") ?? []);
    const linked = links.map(String).flatMap((link) => {
        const [of, alias] = link.split(":");
        return of === name && alias !== undefined ? [alias] : [];
    });
    return [...new Set([name, ...own, ...aliases.map(String), ...linked])];
}

/** A database, a cache or a tool of development, and no part of the application. */
export function readStore(read: Read, reference: string): boolean {
    const { app, name, service } = read;
    const known = knownStore(reference);
    const own = ofPlatform(reference);
    const instead = known ? undefined : (own ?? insteadOf(reference));
    if (!known && instead === undefined) return false;
    service.leaveOut(
        instead ?? "it is not part of the application: what is in its place is made by the platform, or elsewhere",
    );
    const variables = service.pairs("environment");
    const port =
        known?.port ||
        Number(
            String(service.items("ports")[0]?.plain() ?? "")
                .split(":")
                .at(-1),
        ) ||
        0;
    if (own !== undefined) {
        app.stores.push({ name, kind: "platform", hosts: [name], what: own, port: 0, from: service });
        return true;
    }
    if (!known) {
        app.changed(`${name} (${asWritten(reference)}) is left out: ${instead}.`);
        return true;
    }
    app.stores.push({
        name,
        kind: known.kind,
        hosts: namesOf(read, service),
        what: asWritten(reference),
        port,
        password: variables.POSTGRES_PASSWORD ?? variables.REDIS_PASSWORD,
        from: service,
    });
    return true;
}

/** Secrets of what is left out, and of nothing else: their stores have passwords of their own here. */
export function leaveOutSecretsOfStores(whole: Node, services: ReadonlyMap<string, Node>) {
    const namedBy = (service: Node) =>
        service.items("secrets").map((item) => String((item.isLeaf ? item : item.get("source"))?.plain()));
    const left = [...services.values()].filter((service) => service.get("image")?.reason !== undefined);
    const others = [...services.values()].filter((service) => !left.includes(service)).flatMap(namedBy);
    for (const name of left.flatMap(namedBy)) {
        if (!others.includes(name))
            whole.get("secrets", name)?.leaveOut("what is in the place of its service has a password of its own");
    }
}
