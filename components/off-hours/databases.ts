/** Databases and machines: stopped, started, and waited for. */
import type { State } from "../step-functions/states";
import type { OffHoursPlan } from "./plan";
import { type Branch, until } from "./steps";

const POLL_SECONDS = 15;
/** RDS stops and starts an instance within minutes. One that is changed, or backed up, may be stopped only after that. */
const DATABASE_LIMIT_SECONDS = 3600;
const MACHINE_LIMIT_SECONDS = 900;

type Transition = "stop" | "start";

interface Stoppable {
    /** As a sentence names it: `database`. */
    readonly kind: string;
    /** The state of one that runs; one that does not is `stopped`. */
    readonly running: string;
    readonly look: {
        readonly api: string;
        readonly parameters: unknown;
        readonly select: Readonly<Record<string, unknown>>;
    };
    /** A condition: it is in this state. */
    readonly inState: (state: string) => State;
    /** The requests that stop and start it, and their parameters. */
    readonly acts: Readonly<Record<Transition, string>>;
    readonly parameters: unknown;
    readonly limitSeconds: number;
}

function change(
    name: string,
    way: Transition,
    { kind, running, look, inState, acts, parameters, limitSeconds }: Stoppable,
): Branch {
    const [from, to] = way === "stop" ? [running, "stopped"] : ["stopped", running];
    return until({
        what: `${name} to ${way}`,
        look,
        done: inState(to),
        act: {
            when: inState(from),
            name: way === "stop" ? `Stop ${name}` : `Start ${name}`,
            api: acts[way],
            parameters,
        },
        seconds: POLL_SECONDS,
        limitSeconds,
        late: `the ${kind} ${name} is not ${to} after ${limitSeconds / 60} minutes`,
    });
}

/** An RDS instance that is `stopped` may be started, and one that is `available` may be stopped (RDS user guide, "Stopping an Amazon RDS DB instance temporarily"). */
function database(identifier: string): Stoppable {
    const parameters = { DbInstanceIdentifier: identifier };
    return {
        kind: "database",
        running: "available",
        look: {
            api: "rds:describeDBInstances",
            parameters,
            select: { "status.$": "States.ArrayGetItem($.DbInstances[*].DbInstanceStatus, 0)" },
        },
        inState: (state) => ({ Variable: "$.seen.status", StringEquals: state }),
        acts: { stop: "rds:stopDBInstance", start: "rds:startDBInstance" },
        parameters,
        limitSeconds: DATABASE_LIMIT_SECONDS,
    };
}

function machine(id: string): Stoppable {
    const parameters = { InstanceIds: [id] };
    return {
        kind: "machine",
        running: "running",
        look: {
            api: "ec2:describeInstanceStatus",
            parameters: { ...parameters, IncludeAllInstances: true }, // by itself it names those that run
            select: { "status.$": "States.JsonToString($.InstanceStatuses[*].InstanceState)" },
        },
        // The one machine that was asked for, as text: `[{"Code":80,"Name":"stopped"}]`.
        inState: (state) => ({ Variable: "$.seen.status", StringMatches: `*${state}*` }),
        acts: { stop: "ec2:stopInstances", start: "ec2:startInstances" },
        parameters,
        limitSeconds: MACHINE_LIMIT_SECONDS,
    };
}

const all = (ids: Readonly<Record<string, string>>, kind: (id: string) => Stoppable, way: Transition) =>
    Object.entries(ids).map(([name, id]) => change(name, way, kind(id)));

export const databases = (plan: OffHoursPlan, way: Transition) => all(plan.databases, database, way);
export const machines = (plan: OffHoursPlan, way: Transition) => all(plan.machines, machine, way);
