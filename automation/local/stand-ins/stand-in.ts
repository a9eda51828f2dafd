/** What all containers share that stand in for a service of AWS. */
import path from "node:path";
import { buildDigest } from "../../../components/container-image/build";
import type { Inventory } from "../../plan/inventory";
import type { PlannedStack } from "../../plan/plan-stack";
import { ROOT } from "../dockerfiles";
import type { LocalApi } from "../firewall";
import type { LocalAws, LocalImage } from "../local-aws";
import type { ComposeService } from "../tasks";
import type { Variables } from "../variables";
import type { TaskRoles } from "./task-roles";

/** A container in place of something that AWS has. */
export interface StandIn {
    /** Its service in the compose file. */
    readonly name: string;
    /** What it stands in for: `database`, `Redis`, `SSM`, `S3`, `SQS`, `mail`. */
    readonly of: string;
    readonly image: LocalImage;
    readonly service: ComposeService;
    /** Its port on 127.0.0.1; undefined where it has none. */
    readonly published?: number;
    /** RDS's name for a database, which its certificate is for and the tasks go by. */
    readonly host?: string;
    /** Undefined for what the plan has security groups of. */
    readonly api?: Omit<LocalApi, "container">;
    /** Which tasks are told where it is, by the families of their definitions, and how: by the variable that the AWS SDKs read. */
    readonly clients?: { readonly families: ReadonlySet<string>; readonly variable: string; readonly url: string };
}

/** Of what the stand-ins of a stack are made. */
export interface StandInContext {
    readonly planned: PlannedStack;
    readonly inventory: Inventory;
    readonly aws: LocalAws;
    readonly roles: TaskRoles;
    /** The compose project. */
    readonly project: string;
    /** What is added to every published port. */
    readonly portOffset: number;
    readonly variables: Variables;
}

/** Where their images are, from the project's root. */
export const STAND_IN_IMAGES = "automation/local/images";

/** What the names of these images begin with. */
export const standInImages = (project: string) => `${project}/local-`;

/** One of these images, named after the compose project. */
export const standInImage = (project: string, name: string, args: Record<string, string> = {}): LocalImage => {
    const context = `${STAND_IN_IMAGES}/${name}`;
    const digest = buildDigest({ context: path.join(ROOT, context), args }, "local");
    return { reference: `${standInImages(project)}${name}:${digest}`, context, args };
};

/**
 * Docker calls a container unhealthy only after its start period: compose gives up on everything that depends on it then, and
 * PostgreSQL's first start takes minutes on a busy machine. A check that passes makes the container healthy at once.
 */
export const healthcheck = (...test: string[]) => ({
    healthcheck: { test, interval: "2s", timeout: "5s", retries: 30, start_period: "5m" },
});

/** The check of a server in Python. */
export const healthcheckAt = (port: number, path = "/") =>
    healthcheck(
        "CMD",
        "python3",
        "-c",
        `import urllib.request as r; r.urlopen('http://127.0.0.1:${port}${path}', timeout=3)`,
    );

/** A program that is no user's own gets no right that it does not need. */
export const CONFINED = {
    pull_policy: "never",
    init: true,
    read_only: true,
    cap_drop: ["ALL"],
    restart: "unless-stopped",
    tmpfs: ["/tmp:mode=1777"],
} as const;

/** A volume that keeps data, and is called as its container. */
export const dataVolume = (source: string, target = "/data") => ({ volumes: [{ type: "volume", source, target }] });

/** A port that is the same one in the container's network and on 127.0.0.1. */
export const publishing = (port: number) => ({ ports: [`127.0.0.1:${port}:${port}`] });

/** The names by which tasks reach a container, beside its own. */
export const reachedAs = (...aliases: string[]) => ({ networks: { default: { aliases } } });
