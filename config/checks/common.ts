/** What the checks of agents, services and endpoints have in common. */
import { sizeProblem } from "../../components/fargate/sizes";
import { parseArn } from "../../components/arn";
import { canonicalCidr, within } from "../../components/network/subnets";
import { INSTANCE_FAMILIES, maxConnections, RESERVED_CONNECTIONS } from "../../components/rds/connections";
import type { DatabaseConfig, InstanceConfig, PlatformConfig } from "../defaults";
import { snake } from "../snake-case";

/** One mistake in a stack file: where, what, and the remedy. */
export interface Problem {
    /** The path below `config:`, without the project's prefix: ["agents", "issuer", "count"]. */
    readonly path: readonly (string | number)[];
    readonly what: string;
    readonly fix: string;
    /** The file, if it is not the stack file: a heritage's. `path` is then a path in that file. */
    readonly file?: string;
    /** The line, if the check knows it. */
    readonly line?: number;
    /** Other keys that this problem depends on. If one of them has a problem, this one is not reported. */
    readonly also?: readonly Problem["path"][];
}

export type Path = Problem["path"];

/** What gives the tasks a way to the internet. `from`: a part of the configuration that may be in another file than the key. */
export const wayOutKey = ({ existing }: PlatformConfig["network"], from?: Path) =>
    existing
        ? "a route to the internet from the network's private subnets"
        : `network.nat: single${from?.[0] === "heritages" ? " in the stack file" : ""}`;

/** Where the thing is that an ARN names: in a region; or in another partition than that of the regions which the program takes. */
export function homeOf(arn: string): string {
    const { partition, region } = parseArn(arn);
    return partition === "aws" ? region : `the partition ${partition}`;
}

export const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/** A key as the file has it that a path leads into: a heritage's keys are in small letters with `_`. */
export const keyOf = (path: Path, key: string) => (path[0] === "heritages" ? snake(key) : key);

export function cidrProblems(path: Problem["path"], text: string): Problem[] {
    const block = canonicalCidr(text);
    if (block === undefined) {
        return [
            {
                path,
                what: `${text} is not a CIDR block`,
                fix: "four numbers up to 255 and a mask up to 32, e.g. 10.0.0.0/16",
            },
        ];
    }
    if (block === text) return [];
    return [{ path, what: `${text} does not begin on the boundary of its mask`, fix: block }];
}

/** Checks each CIDR block of a list, and that no two overlap. */
export function cidrListProblems(path: Problem["path"], blocks: readonly string[]): Problem[] {
    const alone = blocks.flatMap((block, i) => cidrProblems([...path, i], block));
    if (alone.length > 0) return alone;
    return blocks.flatMap((block, i) => {
        const outer = blocks.find((other, j) => j !== i && within(block, other) && (other !== block || j < i));
        if (outer === undefined) return [];
        return [
            {
                path: [...path, i],
                what: `${block} overlaps ${outer}, which holds all of it`,
                fix: "leave one of the two out",
            },
        ];
    });
}

/** Tasks that may run at once: a rolling deployment starts the new ones before it stops the old (100/200). */
export const maxTasks = ({ count, autoscaling }: { count: number; autoscaling?: { max: number } }) =>
    2 * (autoscaling?.max ?? count);

/** The clients of a database, by name, and their maximum of connections. */
export type Users = readonly { name: string; connections: number }[];

export function databaseProblems(
    path: Path,
    settings: InstanceConfig & Pick<Partial<DatabaseConfig>, "shared">,
    users: Users,
    who: string,
    /** Connections of one task: how many, or by which key they are set; how they are counted, where that is more than the key. */
    how: { readonly key: string; readonly counted?: string } | { readonly fixed: number },
): Problem[] {
    if (settings.shared) return unusedProblems(path, settings.shared.unused);
    const at = (key: string) => [...path, key];
    const storage = keyOf(path, "storageGiB");
    const problems: Problem[] = [];
    const least = Math.ceil((settings.storageGiB * 11) / 10);
    if (settings.maxStorageGiB !== settings.storageGiB && settings.maxStorageGiB < least) {
        problems.push({
            path: at("maxStorageGiB"),
            what: `${settings.maxStorageGiB} is less than a tenth above ${storage}, ${settings.storageGiB}, which RDS requires`,
            fix: `${least} or more; or ${settings.storageGiB}, and storage does not grow by itself`,
        });
    }
    const limit = maxConnections(settings.instanceClass);
    if (limit === undefined) {
        return [
            ...problems,
            {
                path: at("instanceClass"),
                what: `${settings.instanceClass} is not a known instance class`,
                fix: `db.<family>.<size> of ${INSTANCE_FAMILIES.join(", ")}, e.g. db.t4g.medium`,
            },
        ];
    }
    const wanted = users.reduce((sum, user) => sum + user.connections, 0);
    if (wanted > limit - RESERVED_CONNECTIONS) {
        const largest = [...users].sort((a, b) => b.connections - a.connections)[0]!;
        const most = users.length > 1 ? `; most of them ${largest.name}: ${largest.connections}` : "";
        problems.push({
            path: at("instanceClass"),
            what:
                `${settings.instanceClass} takes about ${limit} connections, and ${who} may open ` +
                `${wanted} while a deployment rolls (tasks × 2 × ${"key" in how ? (how.counted ?? how.key) : how.fixed}${most})`,
            fix: `a larger class, ${"key" in how ? `fewer tasks, or a smaller ${how.key}` : "or fewer tasks"}`,
        });
    }
    return problems;
}

/** What a file says of a database's own instance, where it is on the shared one. */
const unusedProblems = (path: Path, unused: readonly string[]): Problem[] =>
    unused.map((key) => ({
        path: [...path, key],
        what: "is a setting of an instance of its own, and this database is on the shared one",
        fix: "leave it out; the stack file's sharedDatabase has the instance's settings",
        also: [[...path, "shared"]],
    }));

export function imageProblems(path: Path, image: string | undefined, { network, region }: PlatformConfig): Problem[] {
    if (image === undefined) return [];
    if (!/^[a-z0-9][a-z0-9._:/-]*(:[\w.-]+)?@sha256:[0-9a-f]{64}$/.test(image)) {
        return [
            {
                path,
                what: `${image} has no digest: a tag may name another image when a task starts the next time`,
                fix: "repository@sha256:<64 hexadecimal digits>, as `docker buildx imagetools inspect` or ECR shows it",
            },
        ];
    }
    if (network.nat !== "none" || image.includes(`.dkr.ecr.${region}.`)) return [];
    return [
        {
            path,
            what: "cannot be pulled without a NAT gateway: only ECR in this region has an endpoint in the VPC",
            fix: `an image in <account>.dkr.ecr.${region}.amazonaws.com, or ${wayOutKey(network, path)}`,
        },
    ];
}

interface Workload {
    cpu: number;
    memory: number;
    count: number;
    autoscaling?: { min: number | undefined; max: number };
    /** One task is enough, in prod as well. */
    singleton?: boolean;
}

/** The path of the key that sets the number of tasks, or its minimum. */
export const countPath = (at: Path, { count, autoscaling }: Pick<Workload, "count" | "autoscaling">): Path =>
    autoscaling?.min === count ? [...at, "autoscaling", "min"] : [...at, "count"];

/** A singleton, or `count: 0`: autoscaling would start more tasks. */
function fixedCountProblems(at: Path, { count, autoscaling, singleton }: Workload): Problem[] {
    const problems: Problem[] = [];
    if (count > 1) {
        problems.push({
            path: [...at, "count"],
            what: `${count} tasks of a singleton, of which there is one`,
            fix: "leave count out; or 0, to stop it",
            also: [[...at, "singleton"]],
        });
    }
    if (autoscaling) {
        problems.push({
            path: [...at, "autoscaling"],
            what: singleton ? "would start a second task of a singleton" : "would start tasks again, and count is 0",
            fix: singleton ? "one of the two" : "leave it out as long as count is 0",
            also: [[...at, singleton ? "singleton" : "count"]],
        });
    }
    return problems;
}

/** Size and number of tasks. */
export function workloadProblems(at: Path, workload: Workload, config: PlatformConfig): Problem[] {
    const problems: Problem[] = [];
    const { cpu, memory, count, autoscaling, singleton = false } = workload;
    const { environment, production, network } = config;
    const size = sizeProblem(cpu, memory);
    if (size) problems.push({ path: [...at, size.at], what: size.what, fix: size.fix });
    if (production && count > 0 && count < network.zones && !singleton) {
        problems.push({
            path: countPath(at, workload),
            what: `${count} in ${network.zones} zones: in ${environment} every zone has a task, so that the loss of one is not felt`,
            fix: `${network.zones} or more${at[0] === "heritages" && count === 1 ? "; or singleton: true, where there may never be two" : ""}`,
        });
    }
    const min = autoscaling?.min ?? count;
    if (singleton || count === 0) return [...problems, ...fixedCountProblems(at, workload)];
    if (min !== count) {
        problems.push({
            path: [...at, "autoscaling", "min"],
            what: `${min} and count, ${count}, are two numbers for the fewest tasks`,
            fix: "leave count out",
            also: [[...at, "count"]],
        });
    } else if (autoscaling && autoscaling.max <= min) {
        problems.push({
            path: [...at, "autoscaling", "max"],
            what: `${autoscaling.max} leaves no room above ${autoscaling.min === undefined ? "count" : "min"}, ${min}`,
            fix: `more than ${min}, or no autoscaling`,
        });
    }
    return problems;
}
