/** Saves a workload's data, and loads them again, with its tasks stopped meanwhile. */
import { existsSync } from "node:fs";
import path from "node:path";
import { confirm } from "../../runner/confirm";
import { type Finding, Unready } from "../../runner/findings";
import type { CommandContext } from "../../shared/context";
import { Exit } from "../../shared/errors";
import { DONE, FAILED, INTERRUPTED } from "../../shared/exit-codes";
import type { WaitOptions } from "../../shared/until";
import { type Contents, contentsOf, loadDatabase, loadWallet, ownedBy, refuseData, replacedBy, saveInto } from "./data";
import { instanceAt, takeSnapshot } from "./instance";
import type { Server } from "./postgres";
import { type Deployed, missing, stackOf, throughTunnel } from "./reach";
import { type Counts, countsOf, type Services, setCounts, startTasks, stopTasks } from "./tasks";
import { walletOf, type Workload, workloadOf } from "./workload";
import type { LoadInput, SaveInput } from "../database";

interface Input {
    readonly stack: string;
    /** The workload. */
    readonly name: string;
    readonly folder: string | undefined;
    readonly yes: boolean;
}

export async function save(input: SaveInput, context: CommandContext, on?: Deployed): Promise<number> {
    const move = await prepare(input, context, on ?? (await stackOf(input.stack, context)), (folder) =>
        existsSync(folder) ? [{ what: `${folder} is there already`, fix: "another --folder, or delete it" }] : [],
    );
    const { workload, folder, say, rds, instance, progress } = move;
    await throughTunnel({ ...move, access: workload.access }, context, async (server) => {
        const databases = await databasesOf(move, server);
        const stay = input.start ? "" : ", and leave them stopped";
        await confirm(`Stop the tasks of ${workload.name} in ${input.stack}${stay}?`, { context, yes: input.yes });
        const before = await whileStopped(move, async () => {
            await saveInto(folder, workload, databases, { server, say });
            if (workload.shared || !input.snapshot) return;
            say(`the snapshot: ${await takeSnapshot(rds, instance, progress)}`);
        });
        context.out(`the data of ${workload.name} are in ${path.relative(context.root, folder)}\n`);
        if (input.start) await startTasks(move.services, wanted(before, workload), progress);
        else
            say(
                `its tasks stay stopped: npx identity database load ${workload.name} --stack ${input.stack} starts them`,
            );
    });
    return DONE;
}

export async function load(input: LoadInput, context: CommandContext, on?: Deployed): Promise<number> {
    let contents!: Contents;
    const move = await prepare(
        input,
        context,
        on ?? (await stackOf(input.stack, context)),
        (folder, { kind, name }) => {
            const found = contentsOf(folder);
            if ("what" in found) return [found];
            contents = found;
            if (found.kind === kind && found.name === name) return [];
            return [
                {
                    what: `${folder} has the data of ${found.name}, a ${found.kind}`,
                    fix: `--folder with those of ${name}`,
                },
            ];
        },
    );
    const { workload, folder, say, progress } = move;
    const { kind, access, name } = workload;
    await throughTunnel({ ...move, access: workload.access }, context, async (server) => {
        if (!input.replace)
            await refuseData(server, kind === "wallet" ? await replacedBy(server, contents) : [access.name]);
        await confirm(`Stop the tasks of ${name} in ${input.stack}, and load what was saved at ${contents.saved}?`, {
            context,
            yes: input.yes,
        });
        const before = await whileStopped(move, async () => {
            const how = { server, say, replace: input.replace };
            if (kind === "wallet") await loadWallet(folder, contents, how);
            else await loadDatabase(folder, contents, access.name, how);
        });
        context.out(`the data of ${name} are loaded\n`);
        await startTasks(move.services, wanted(before, workload), progress);
    });
    return DONE;
}

/** As many as before; where there was none, as many as the stack has. */
const wanted = (before: Counts, { services }: Workload): Counts =>
    Object.fromEntries(Object.entries(before).map(([name, count]) => [name, count || services[name]!.count]));

interface Move extends Deployed {
    readonly stack: string;
    readonly workload: Workload;
    readonly services: Services;
    readonly folder: string;
    /** The RDS instance. */
    readonly instance: string;
    say(text: string): void;
    readonly progress: WaitOptions;
}

/** Looks whether all that it takes is there, before anything is changed. */
async function prepare(
    { stack, name, folder: given }: Input,
    context: CommandContext,
    on: Deployed,
    folderFindings: (folder: string, workload: Workload) => readonly Finding[],
): Promise<Move> {
    const { outputs, resources, prefix, rds, aws, pollMilliseconds } = on;
    const workload = workloadOf(outputs, resources, { name, prefix });
    const folder = path.resolve(context.root, given ?? path.join("build", "database", stack, name));
    const { DBInstanceIdentifier, DBInstanceStatus, EngineVersion } = await instanceAt(rds, workload.access.host);
    const awake =
        outputs.offHoursMachine === undefined ? "wait until it is available" : `npx identity wake --stack ${stack}`;
    const findings: Finding[] = [
        ...missing(on, stack, EngineVersion),
        ...(DBInstanceStatus === "available"
            ? []
            : [{ what: `the instance ${DBInstanceIdentifier} is ${DBInstanceStatus}`, fix: awake }]),
        ...folderFindings(folder, workload),
    ];
    if (findings.length > 0) throw new Unready(findings);
    const say = (text: string) => context.err(`${name}: ${text}\n`);
    const names = Object.fromEntries(Object.entries(workload.services).map(([service, { inEcs }]) => [service, inEcs]));
    return {
        ...on,
        stack,
        workload,
        services: { ecs: aws.ecs, cluster: outputs.clusterName, names },
        folder,
        instance: DBInstanceIdentifier!,
        say,
        progress: { say, signal: context.signal, ...(pollMilliseconds && { pollMilliseconds }) },
    };
}

/** The databases to save. */
async function databasesOf({ workload, aws, outputs, services, say }: Move, server: Server): Promise<string[]> {
    const { kind, name, access, neighbours } = workload;
    if (kind === "database") return [access.name];
    const owned = await ownedBy(server);
    const wallets = async (cluster: string, inEcs: string) => {
        const { wallet, tenants } = await walletOf(aws.ecs, outputs.clusterName, inEcs);
        return {
            cluster,
            tenants,
            names: owned.filter((database) => [wallet, `${wallet}_dbstore`].includes(database)),
        };
    };
    const own = await wallets(name, services.names[name]!);
    if (own.names.length === 0) throw new Exit(FAILED, `${name} has no wallet yet, and nothing to save`);
    if (neighbours.length === 0) return owned;
    const others = await Promise.all(neighbours.map((cluster) => wallets(cluster, outputs.serviceNames[cluster]!)));
    const all = [own, ...others];
    const left = owned.filter((database) => !all.some(({ names }) => names.includes(database)));
    if (left.length > 0 && own.tenants) {
        throw new Exit(
            FAILED,
            `${name} has tenants, and nobody knows whose of ${all.map(({ cluster }) => cluster).join(", ")} these databases are: ${left.join(", ")}\n` +
                "  save them by hand: npx identity tunnel",
        );
    }
    if (left.length > 0) say(`left alone, since they are of no cluster: ${left.join(", ")}`);
    return own.names;
}

/** Returns how many tasks there were. Where the work fails or is interrupted, so many are started again. */
async function whileStopped({ services, progress, say }: Move, work: () => Promise<void>): Promise<Counts> {
    const before = await countsOf(services);
    try {
        await stopTasks(services, progress);
        await work();
        const started = Object.entries(await countsOf(services)).filter(([, count]) => count > 0);
        if (started.length > 0) {
            throw new Exit(
                FAILED,
                `tasks of ${started.map(([name]) => name).join(", ")} were started meanwhile; do it again`,
            );
        }
        if (progress.signal.aborted) throw new Exit(INTERRUPTED, "interrupted");
        return before;
    } catch (error) {
        const running = Object.entries(before).filter(([, count]) => count > 0);
        await setCounts(services, Object.fromEntries(running));
        for (const [name, count] of running) say(`${name} is to have ${count} ${count === 1 ? "task" : "tasks"} again`);
        throw error;
    }
}
