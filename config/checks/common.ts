/** What the checks of agents, services and endpoints have in common. */
import { sizeProblem } from "../../components/fargate/sizes";
import { canonicalCidr, within } from "../../components/network/subnets";
import { INSTANCE_FAMILIES, maxConnections, RESERVED_CONNECTIONS } from "../../components/rds/connections";
import type { DatabaseConfig, PlatformConfig } from "../defaults";
import type { SecretSource } from "../schema";

/** One thing that is wrong in a stack file: where, what, and what would be right. */
export interface Problem {
    /** The path below `config:`, without the project's prefix: ["agents", "issuer", "count"]. */
    readonly path: readonly (string | number)[];
    readonly what: string;
    readonly fix: string;
    /** Where it is, if not in the stack file: a heritage's, whose path is then as in that file. */
    readonly file?: string;
    /** The line, where that is known already. */
    readonly line?: number;
    /** Other keys that decide it: where one of them is wrong itself, this says nothing. */
    readonly also?: readonly Problem["path"][];
}

export type Path = Problem["path"];

export const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];
export const SECRET_LOOKING =
    /(^|_)(API|ACCESS)?_?KEYS?(_|$)|SEED|PASS(?!IVE|THROUGH)|PWD|SECRET|TOKEN|CRED|JWT|(^|_)AUTH(_|$)/;
/** A user's name and password in a URL. */
export const URL_WITH_PASSWORD = /:\/\/[^/\s@]*:[^/\s@]*@/;

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

/** Each block of a list by itself, and no two that say the same. */
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
export const mostTasks = ({ count, autoscaling }: { count: number; autoscaling?: { max: number } }) =>
    2 * (autoscaling?.max ?? count);

/** Who opens connections to a database, by name, and how many at most. */
export type Users = readonly { name: string; connections: number }[];

export function databaseProblems(
    path: Path,
    settings: DatabaseConfig,
    users: Users,
    who: string,
    how: string,
): Problem[] {
    const at = (key: string) => [...path, key];
    const problems: Problem[] = [];
    const least = Math.ceil((settings.storageGiB * 11) / 10);
    if (settings.maxStorageGiB !== settings.storageGiB && settings.maxStorageGiB < least) {
        problems.push({
            path: at("maxStorageGiB"),
            what: `${settings.maxStorageGiB} is less than a tenth above storageGiB, ${settings.storageGiB}, and RDS asks for that`,
            fix: `${least} or more; or ${settings.storageGiB}, and storage does not grow by itself`,
        });
    }
    const limit = maxConnections(settings.instanceClass);
    if (limit === undefined) {
        return [
            ...problems,
            {
                path: at("instanceClass"),
                what: `${settings.instanceClass} is no instance class that is known here`,
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
                `${wanted} while a deployment rolls (tasks × 2 × ${how}${most})`,
            fix: `a larger class, fewer tasks, or a smaller ${how}`,
        });
    }
    return problems;
}

export function imageProblems(path: Path, image: string | undefined, { network, region }: PlatformConfig): Problem[] {
    if (image === undefined) return [];
    if (!/^[a-z0-9][a-z0-9._:/-]*(:[\w.-]+)?@sha256:[0-9a-f]{64}$/.test(image)) {
        return [
            {
                path,
                what: `${image} names no image by digest: a tag can come to mean another between two starts of a task`,
                fix: "repository@sha256:<64 hexadecimal digits>, as `docker buildx imagetools inspect` or ECR shows it",
            },
        ];
    }
    if (network.nat !== "none" || image.includes(`.dkr.ecr.${region}.`)) return [];
    return [
        {
            path,
            what: "cannot be pulled without a NAT gateway: only ECR in this region has an endpoint in the VPC",
            fix: `an image in <account>.dkr.ecr.${region}.amazonaws.com, or network.nat: single`,
        },
    ];
}

interface Workload {
    cpu: number;
    memory: number;
    count: number;
    autoscaling?: { max: number };
}

/** Size and number of tasks. */
export function workloadProblems(at: Path, workload: Workload, { environment, network }: PlatformConfig): Problem[] {
    const problems: Problem[] = [];
    const { cpu, memory, count, autoscaling } = workload;
    const size = sizeProblem(cpu, memory);
    if (size) problems.push({ path: [...at, size.at], what: size.what, fix: size.fix });
    if (environment === "prod" && count < network.zones) {
        problems.push({
            path: [...at, "count"],
            what: `${count} in ${network.zones} zones: in prod every zone has a task, so that the loss of one is not felt`,
            fix: `${network.zones} or more`,
        });
    }
    if (autoscaling && autoscaling.max <= count) {
        problems.push({
            path: [...at, "autoscaling", "max"],
            what: `${autoscaling.max} leaves no room above count, ${count}`,
            fix: `more than ${count}, or no autoscaling`,
        });
    }
    return problems;
}

/** Variables that the program sets itself, each with the key of the stack file that decides it (empty where nothing does). */
export type Managed = Readonly<Record<string, string>>;

export function variableNameProblem(path: Path, variable: string): Problem[] {
    if (/^[A-Z][A-Z0-9_]*$/.test(variable)) return [];
    return [{ path, what: "is no name of an environment variable", fix: "capitals, digits and _" }];
}

/** Something that stands in the clear and looks as if it should not. */
export const looksSecret = (variable: string, value: string) =>
    SECRET_LOOKING.test(variable) || URL_WITH_PASSWORD.test(value);

export const inTheClear = (path: Path, variable: string): Problem => ({
    path,
    what: "looks like a secret, and environment is in the clear",
    fix: `secrets.${variable}, with generate, value or parameter`,
});

export function managedProblem(path: Path, variable: string, managed: Managed, of: string, how = ""): Problem[] {
    if (!Object.hasOwn(managed, variable)) return [];
    const key = managed[variable];
    return [{ path, what: `is set by the program${how}`, fix: key ? `the key ${key} of the ${of}` : "leave it out" }];
}

/** Exactly one source. */
export function sourceProblems(path: Path, source: SecretSource): Problem[] {
    const problems: Problem[] = [];
    const given = [source.generate, source.value, source.parameter, source.set].filter((s) => s !== undefined).length;
    if (given !== 1) {
        problems.push({
            path,
            // A heritage's file has nobody who would encrypt a value.
            what: `has ${given === 0 ? "none" : "more than one"} of generate, ${path[0] === "heritages" ? "" : "value, "}parameter and set`,
            fix: "exactly one of them",
        });
    }
    if (source.parameter === undefined && source.keyArn !== undefined) {
        problems.push({
            path,
            what: "keyArn belongs to a parameter that exists",
            fix: "leave it out, or name the parameter",
        });
    }
    return problems;
}
