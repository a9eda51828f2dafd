/** Compares realms with their files, and makes them alike. */
import pc from "picocolors";
import { apply as applyRealm } from "../../realms/apply";
import { compareRealms, type Difference } from "../../realms/compare";
import { type RealmFile, realmFiles } from "../../realms/files";
import type { Json } from "../../realms/objects";
import { Server } from "../../realms/server";
import { table } from "../../plan/text";
import { confirm } from "../../runner/confirm";
import { valuesText } from "../../runner/values";
import type { CommandContext } from "../../shared/context";
import { DONE, DRIFTED } from "../../shared/exit-codes";
import { count } from "../../verify/check";
import type { Target } from "../../verify/target";
import { onTarget, type Where } from "./target";
import type { ApplyInput, DiffInput } from "../realm";

interface Input extends Where {
    readonly realms: readonly string[];
}

/** A realm beside its file. */
interface Compared extends RealmFile {
    readonly server: Server;
    /** Undefined where Keycloak has no such realm. */
    readonly found: Json | undefined;
    readonly differences: readonly Difference[];
}

type Open = typeof onTarget;

/** `open`: how the stack's Keycloak is reached. */
export function diff(input: DiffInput, context: CommandContext, open: Open = onTarget): Promise<number> {
    return open(input, context, async (target) => {
        const all = await compareAll(input, context, target);
        if (input.json) context.out(`${JSON.stringify({ stack: input.stack, realms: all.map(asJson) }, null, 2)}\n`);
        else context.out(all.flatMap((comparison) => lines(comparison, context.width)).join("\n") + "\n");
        return isAlike(all) ? DONE : DRIFTED;
    });
}

export function apply(input: ApplyInput, context: CommandContext, open: Open = onTarget): Promise<number> {
    return open(input, context, async (target) => {
        const all = await compareAll(input, context, target);
        context.out(all.flatMap((comparison) => lines(comparison, context.width)).join("\n") + "\n");
        const otherwise = all.filter(({ found, differences }) => found && differences.length > 0);
        if (otherwise.length > 0) {
            const names = otherwise.map(({ realm }) => realm).join(", ");
            await confirm(`Change ${names} in ${target.title}?`, { context, yes: input.yes });
        }
        const after = all.filter((comparison) => !otherwise.includes(comparison));
        for (const comparison of otherwise) {
            const { done, refused } = await applyRealm(comparison.content, comparison.found!, comparison.server);
            for (const line of done) context.out(`  ${line}\n`);
            for (const line of refused) context.err(`  refused: ${line}\n`);
            const left = await compared(comparison, comparison.server);
            after.push(left);
            if (left.differences.length === 0) context.out(`${comparison.realm} is as ${comparison.file} says\n`);
            else
                context.out(
                    `\nKeycloak's API did not take all of it; the rest is for the console:\n${lines(left).join("\n")}\n`,
                );
        }
        return isAlike(after) ? DONE : DRIFTED;
    });
}

async function compareAll({ realms, stack }: Input, { root, files = root }: CommandContext, target: Target) {
    const found = await realmFiles(realms, { stack, root: files }, target);
    return Promise.all(found.map((file) => compared(file, new Server(target, file.realm))));
}

const isAlike = (all: readonly Compared[]) => all.every(({ found, differences }) => found && differences.length === 0);

async function compared(file: RealmFile, server: Server): Promise<Compared> {
    const exported = await server.export();
    if (!exported) return { ...file, server, found: undefined, differences: [] };
    const found = await withSecrets(exported, file.content, server);
    return { ...file, server, found, differences: compareRealms(file.content, found, file.secrets) };
}

/** With the secrets of the clients for which the file has one: an export shows stars. */
async function withSecrets(exported: Json, file: Json, server: Server): Promise<Json> {
    const has = new Set(
        (file.clients as Json[] | undefined)?.filter(({ secret }) => secret).map((client) => client.clientId),
    );
    const clients = await Promise.all(
        ((exported.clients as Json[] | undefined) ?? []).map(async (client) =>
            has.has(client.clientId) ? { ...client, secret: await server.secretOf(String(client.id)) } : client,
        ),
    );
    return { ...exported, clients };
}

const asJson = ({ realm, file, found, differences }: Compared) => ({
    realm,
    file,
    there: found !== undefined,
    differences,
});

function lines({ realm, file, found, differences }: Compared, width?: number): string[] {
    const title = `${pc.bold(realm)}  ${file}`;
    if (!found) return [title, "  is not there: a node makes it of the file when it starts"];
    if (differences.length === 0) return [title, "  no difference"];
    const rows = differences.flatMap(({ object, missing, properties }) =>
        missing
            ? [[object, "is missing"]]
            : properties.map((property) => [
                  [object, property.path].filter((part) => part !== "").join(": "),
                  valuesText(property) ?? "",
              ]),
    );
    return [title, ...table(rows, 2, [], width), `  ${count(rows.length, "difference")}: Keycloak's → the file's`];
}
