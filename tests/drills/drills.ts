/** What is done to each kind of alarm to see it ring, and what it has to bear in silence. */
import type { SimulatedResource } from "../../automation/plan/simulated-aws";
import { ALARM_KIND_NAMES, type AlarmKindName } from "../../components/alarms/kinds";
import { planEverything } from "../stacks/everything";
import { type Course, first, holds, inputsOf, type Measurements, rings, tells } from "./cloudwatch";

/** What is measured while it lasts; the threshold is that of the alarm, in the metric's unit. */
type Happening = (minute: number, threshold: number) => Measurements;

interface Drill {
    readonly does: string;
    /** @default what is measured is nothing, as of errors where there are none */
    readonly well?: Measurements;
    readonly happens: Happening;
    /** What is no reason to wake somebody. */
    readonly bears: { readonly what: string; readonly happens: Happening };
}

const MEASURED_TWICE_A_DAY = 12 * 60;
const lasting =
    (minutes: number, happens: Happening, well: Measurements = {}): Happening =>
    (minute, threshold) =>
        minute <= minutes ? happens(minute, threshold) : well;
const value = (of: number) => ({ value: of });
const above: Happening = (_, threshold) => value(threshold * 1.05);
const OK = { errors: undefined, requests: 1000 };
const failing =
    (percent: number): Happening =>
    () => ({ errors: 10 * percent, requests: 1000 });
const FAST = { fast: 100, answers: 1000 };
const slow =
    (percent: number): Happening =>
    () => ({ fast: 100 - percent, answers: 1000 });
const RUNNING = { desired: 3, running: 3 };

export const DRILLS: Readonly<Record<AlarmKindName, Drill>> = {
    errors: {
        does: "3 % of 1,000 requests a minute are answered with 5xx",
        well: OK,
        happens: failing(3),
        bears: { what: "all are, for two minutes", happens: lasting(2, failing(100), OK) },
    },
    latency: {
        does: "one request in twenty takes longer than the threshold",
        well: value(0.1),
        happens: above,
        bears: { what: "7 minutes of it", happens: lasting(7, above, value(0.1)) },
    },
    unhealthy: {
        does: "one healthy task fewer than the service never goes below",
        happens: (_, threshold) => value(threshold - 1),
        bears: {
            what: "9 minutes of it",
            happens: lasting(9, (_, threshold) => value(threshold - 1)),
        },
    },
    cpu: {
        does: "95 % of the CPU in use",
        well: value(50),
        happens: () => value(95),
        bears: { what: "10 minutes of 100 %", happens: lasting(10, () => value(100), value(50)) },
    },
    memory: {
        does: "95 % of the memory in use",
        well: value(50),
        happens: () => value(95),
        bears: { what: "10 minutes of 100 %", happens: lasting(10, () => value(100), value(50)) },
    },
    tasks: {
        does: "two of three tasks run",
        well: RUNNING,
        happens: () => ({ desired: 3, running: 2 }),
        bears: { what: "9 minutes of it", happens: lasting(9, () => ({ desired: 3, running: 2 }), RUNNING) },
    },
    "balancer-errors": {
        does: "20 answers a minute with 502, 503 or 504",
        happens: () => value(20),
        bears: { what: "10 a minute, for good", happens: () => value(10) },
    },
    "rejected-connections": {
        does: "one connection is rejected",
        happens: lasting(1, () => value(1)),
        bears: { what: "none", happens: () => value(0) },
    },
    "target-tls": {
        does: "one handshake with a task fails each minute",
        happens: () => value(1),
        bears: { what: "4 minutes of it", happens: lasting(4, () => value(1)) },
    },
    "client-tls": {
        does: "30 handshakes with clients fail each minute",
        happens: () => value(30),
        bears: { what: "19 each minute, for good", happens: () => value(19) },
    },
    certificate: {
        does: "29 days are left",
        happens: (minute) => (minute % MEASURED_TWICE_A_DAY === 0 ? value(29) : {}),
        bears: {
            what: "30 days",
            happens: (minute) => (minute % MEASURED_TWICE_A_DAY === 0 ? value(30) : {}),
        },
    },
    "database-down": {
        does: "RDS measures nothing",
        well: value(1),
        happens: () => ({}),
        bears: { what: "a failover of 4 minutes", happens: lasting(4, () => ({}), value(1)) },
    },
    "database-cpu": {
        does: "95 % of the CPU in use",
        well: value(50),
        happens: () => value(95),
        bears: { what: "10 minutes of 100 %", happens: lasting(10, () => value(100), value(50)) },
    },
    "database-connections": {
        does: "90 % of the connections are open",
        well: value(5),
        happens: (_, threshold) => value((threshold / 0.8) * 0.9),
        bears: { what: "7 minutes of all", happens: lasting(7, (_, threshold) => value(threshold / 0.8), value(5)) },
    },
    "database-storage": {
        does: "9 % of the storage is free",
        well: value(Number.MAX_SAFE_INTEGER),
        happens: (_, threshold) => value(threshold * 0.9),
        bears: {
            what: "20 minutes, until RDS has grown it",
            happens: lasting(20, (_, threshold) => value(threshold * 0.9), value(Number.MAX_SAFE_INTEGER)),
        },
    },
    "database-credits": {
        does: "credits are billed",
        well: value(0),
        happens: () => value(0.5),
        bears: { what: "50 minutes of it", happens: lasting(50, () => value(0.5), value(0)) },
    },
    "database-latency": {
        does: "a write takes 0.2 s",
        well: { read: 0.001, write: 0.002 },
        happens: () => ({ read: 0.001, write: 0.2 }),
        bears: {
            what: "10 minutes of it",
            happens: lasting(10, () => ({ read: 0.001, write: 0.2 }), { read: 0.001, write: 0.002 }),
        },
    },
    "nat-ports": {
        does: "one connection finds no port",
        well: value(0),
        happens: lasting(1, () => value(1), value(0)),
        bears: { what: "none", happens: () => value(0) },
    },
    "failed-log-ins": {
        does: "30 failed log-ins each minute",
        well: value(0),
        happens: () => value(30),
        bears: { what: "20 each minute, for good", happens: () => value(20) },
    },
    "failed-deliveries": {
        does: "3 each minute are given up",
        well: value(0),
        happens: () => value(3),
        bears: { what: "2 each minute, for good", happens: () => value(2) },
    },
    event: {
        does: "the event comes once",
        happens: lasting(1, () => value(1)),
        bears: { what: "none", happens: () => ({}) },
    },
    availability: {
        does: "3 % of 1,000 requests a minute fail; 99.9 % are promised",
        well: OK,
        happens: failing(3),
        bears: { what: "0.5 %, for six hours", happens: failing(0.5) },
    },
    "latency-target": {
        does: "half of the requests are too slow; 99 % are promised",
        well: FAST,
        happens: slow(50),
        bears: { what: "5 %, for six hours", happens: slow(5) },
    },
};

const METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COMPOSITE_ALARM = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
/** A certificate is measured twice a day; all others are watched for six hours. */
const minutesOf = (kind: AlarmKindName) => (kind === "certificate" ? 24 : 6) * 60;

export interface Stack {
    readonly alarms: readonly SimulatedResource[];
    readonly pages: readonly SimulatedResource[];
}

/** The alarms of the two stacks with every key, those of dev as of prod. */
export async function stacks(): Promise<Stack> {
    const plans = [
        await planEverything("everything"),
        await planEverything("everything-dev", (text) =>
            text.replace("emails: [on-call", "enabled: true\n        emails: [on-call"),
        ),
    ];
    const all = plans.flatMap(({ resources }) => resources);
    return {
        alarms: all.filter(({ type }) => type === METRIC_ALARM),
        pages: all.filter(({ type }) => type === COMPOSITE_ALARM),
    };
}

export interface Seen {
    readonly kind: AlarmKindName;
    readonly does: string;
    /** Minutes until it rings, and whether it did while it should have borne it. */
    readonly rings: number | undefined;
    readonly bears: string;
    readonly borne: boolean;
}

/** Does it, to the first alarm of the kind. Those on a promise ring in pairs, which the page of their service tells apart. */
export function drill(kind: AlarmKindName, { alarms, pages }: Stack): Seen {
    const { does, happens, bears, well = {} } = DRILLS[kind];
    const minutes = minutesOf(kind);
    const course =
        (what: Happening, alarm: SimulatedResource): Course =>
        (minute) =>
            minute < 1 ? well : what(minute, inputsOf(alarm).threshold);
    const found = alarms.filter(({ inputs }) => String(inputs.alarmDescription).includes(`docs/alarms.md#${kind}`));
    const [alarm] = found;
    if (!alarm) throw new Error(`no stack has an alarm ${kind}`);
    const page = pages.find(({ inputs }) => String(inputs.alarmRule).includes(`"${String(alarm.outputs.name)}"`));
    const inPairs = kind === "availability" || kind === "latency-target";
    const when = (what: Happening) => {
        if (!inPairs) return first(rings(alarm, course(what, alarm), minutes));
        const states = new Map(found.map((one) => [one.outputs.name, rings(one, course(what, one), minutes)]));
        const rule = String(page!.inputs.alarmRule);
        return first(Array.from({ length: minutes }, (_, i) => holds(rule, (name) => states.get(name)?.[i] ?? false)));
    };
    return { kind, does, rings: when(happens), bears: bears.what, borne: when(bears.happens) === undefined };
}

export const drillAll = (stack: Stack): Seen[] => ALARM_KIND_NAMES.map((kind) => drill(kind, stack));

/** When the page of a service tells somebody: where the service alone fails, and where its database is gone. */
export function pageDrill({ alarms, pages }: Stack): {
    alone: number | undefined;
    withoutDatabase: number | undefined;
} {
    const page = pages.find(({ name }) => name === "portal-failing")!;
    const { alarmRule, actionsSuppressor } = page.inputs as {
        alarmRule: string;
        actionsSuppressor: { alarm: string; waitPeriod: number; extensionPeriod: number };
    };
    const named = (name: string) => alarms.find(({ outputs }) => outputs.name === name)!;
    const errors = alarms.find(({ name }) => name.startsWith("portal-") && name.endsWith("errors"))!;
    const minutes = 120;
    const ringing = rings(errors, (minute) => (minute < 1 ? OK : { errors: 1000, requests: 1000 }), minutes);
    const page_ = ringing.map((state) => holds(alarmRule, (name) => state && name === errors.outputs.name));
    const suppressor = (measures: Course) => ({
        rings: rings(named(actionsSuppressor.alarm), measures, minutes),
        wait: actionsSuppressor.waitPeriod / 60,
        extension: actionsSuppressor.extensionPeriod / 60,
    });
    return {
        alone: tells(
            page_,
            suppressor(() => value(1)),
        ),
        withoutDatabase: tells(
            page_,
            suppressor((minute) => (minute < 1 ? value(1) : {})),
        ),
    };
}
