/** Databases and machines: stopped, started, and waited for. */
import type { OffHoursPlan } from "./plan";
import { type Branch, until } from "./steps";

const POLL_SECONDS = 15;
/** RDS stops and starts an instance within minutes. One that is changed, or backed up, may be stopped only after that. */
const DATABASE_LIMIT_SECONDS = 3600;
const MACHINE_LIMIT_SECONDS = 900;

const seen = (status: string) => ({ Variable: "$.seen.status", StringEquals: status });

/** An RDS instance that is `stopped` may be started, and one that is `available` may be stopped (RDS user guide, "Stopping an Amazon RDS DB instance temporarily"). */
function database(name: string, identifier: string, way: "stop" | "start"): Branch {
    const parameters = { DbInstanceIdentifier: identifier };
    const [from, to] = way === "stop" ? ["available", "stopped"] : ["stopped", "available"];
    return until({
        what: `${name} to ${way}`,
        look: {
            api: "rds:describeDBInstances",
            parameters,
            select: { "status.$": "States.ArrayGetItem($.DbInstances[*].DbInstanceStatus, 0)" },
        },
        done: seen(to),
        act: {
            when: seen(from),
            name: way === "stop" ? `Stop ${name}` : `Start ${name}`,
            api: way === "stop" ? "rds:stopDBInstance" : "rds:startDBInstance",
            parameters,
        },
        seconds: POLL_SECONDS,
        limitSeconds: DATABASE_LIMIT_SECONDS,
        late: `the database ${name} is not ${to} after ${DATABASE_LIMIT_SECONDS / 60} minutes`,
    });
}

/** The one machine that was asked for, as text: `[{"Code":80,"Name":"stopped"}]`. */
const inState = (name: string) => ({ Variable: "$.seen.status", StringMatches: `*${name}*` });

function machine(name: string, id: string, way: "stop" | "start"): Branch {
    const parameters = { InstanceIds: [id] };
    const [from, to] = way === "stop" ? ["running", "stopped"] : ["stopped", "running"];
    return until({
        what: `${name} to ${way}`,
        look: {
            api: "ec2:describeInstanceStatus",
            parameters: { ...parameters, IncludeAllInstances: true }, // by itself it names those that run
            select: { "status.$": "States.JsonToString($.InstanceStatuses[*].InstanceState)" },
        },
        done: inState(to),
        act: {
            when: inState(from),
            name: way === "stop" ? `Stop ${name}` : `Start ${name}`,
            api: way === "stop" ? "ec2:stopInstances" : "ec2:startInstances",
            parameters,
        },
        seconds: POLL_SECONDS,
        limitSeconds: MACHINE_LIMIT_SECONDS,
        late: `the machine ${name} is not ${to} after ${MACHINE_LIMIT_SECONDS / 60} minutes`,
    });
}

const all = (
    items: Readonly<Record<string, string>>,
    make: (name: string, id: string, way: "stop" | "start") => Branch,
    way: "stop" | "start",
) => Object.entries(items).map(([name, id]) => make(name, id, way));

export const databases = ({ databases: items }: OffHoursPlan, way: "stop" | "start") => all(items, database, way);
export const machines = ({ machines: items }: OffHoursPlan, way: "stop" | "start") => all(items, machine, way);
