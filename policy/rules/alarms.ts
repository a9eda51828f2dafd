/** Policies for alarms: whether somebody is told when a resource fails. */
import type { Finding, Policy, PolicyResourceInStack, PolicyStack } from "../policy";
import { findingUnless } from "../policy";
import { INSTANCE } from "./databases";
import { LISTENERS, LOAD_BALANCERS, TARGET_GROUPS } from "./load-balancers";
import { SERVICE } from "./services";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const COMPOSITE_ALARM = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const NAT_GATEWAY = "aws:ec2/natGateway:NatGateway";

interface Alarm {
    dimensions?: { CertificateArn?: string };
    alarmActions?: unknown[];
    alarmDescription?: string;
    metricName?: string;
    metricQueries?: { metric?: { metricName?: string } }[];
}

interface Service {
    loadBalancers?: unknown[];
    deploymentController?: { type?: string };
    alarms?: { enable?: boolean };
}

/** The names of the metrics on which there are alarms, by the URN of the resource that they measure. */
const metricsByUrn = new WeakMap<PolicyStack, Map<string, Set<string>>>();

function alarmsOn({ urn }: PolicyResourceInStack, stack: PolicyStack): ReadonlySet<string> {
    let index = metricsByUrn.get(stack);
    if (!index) {
        index = new Map();
        metricsByUrn.set(stack, index);
        for (const alarm of stack.ofType([ALARM])) {
            for (const measured of [...alarm.refersTo("dimensions"), ...alarm.refersTo("metricQueries")]) {
                const metrics = index.get(measured.urn) ?? new Set();
                index.set(measured.urn, metrics);
                for (const name of metricNames(alarm.inputs)) metrics.add(name);
            }
        }
    }
    return index.get(urn) ?? new Set();
}

const metricNames = ({ metricName, metricQueries = [] }: Alarm) =>
    [metricName, ...metricQueries.map(({ metric }) => metric?.metricName)].filter((name) => name !== undefined);

const missing = (resource: PolicyResourceInStack, stack: PolicyStack, wanted: readonly string[]): Finding[] => {
    const there = alarmsOn(resource, stack);
    const without = wanted.filter((name) => !there.has(name));
    return findingUnless(without.length === 0, `it has no alarm on ${without.join(", ")}`);
};

const alarmsWith = (stack: PolicyStack, wanted: (alarm: Alarm) => boolean) =>
    stack.ofType([ALARM]).filter(({ inputs }) => wanted(inputs as Alarm));

const tells = ({ alarmActions = [] }: Alarm) => alarmActions.length > 0;

const FIX = "alarms: a component's argument, or `alarms.enabled: true` of a stack file, its default in prod";

export const ALARM_POLICIES: readonly Policy[] = [
    {
        name: "alarms-service",
        asks: "In prod somebody is told of a service whose tasks run out of CPU or memory.",
        fix: FIX,
        dev: "off",
        types: [SERVICE],
        checkInStack: (service, stack) => missing(service, stack, ["CPUUtilization", "MemoryUtilization"]),
    },
    {
        name: "alarms-deployment",
        asks: "In prod a deployment of a service behind a load balancer goes back where requests fail.",
        fix: FIX,
        dev: "off",
        types: [SERVICE],
        check: ({ inputs }) => {
            const { loadBalancers = [], deploymentController, alarms } = inputs as Service;
            const isWatched = alarms?.enable === true || (deploymentController?.type ?? "ECS") !== "ECS";
            return findingUnless(loadBalancers.length === 0 || isWatched, "a version that answers 500 stays");
        },
    },
    {
        name: "alarms-database",
        asks: "In prod somebody is told of a database that runs out of storage, connections or CPU.",
        fix: FIX,
        dev: "off",
        types: [INSTANCE],
        checkInStack: (instance, stack) =>
            missing(instance, stack, ["FreeStorageSpace", "DatabaseConnections", "CPUUtilization"]),
    },
    {
        name: "alarms-load-balancer",
        asks: "In prod somebody is told of a load balancer that finds no target.",
        fix: FIX,
        dev: "off",
        types: LOAD_BALANCERS,
        checkInStack: (balancer, stack) => missing(balancer, stack, ["HTTPCode_ELB_5XX_Count"]),
    },
    {
        name: "alarms-target-group",
        asks: "In prod somebody is told of targets that answer 5xx, or late.",
        fix: FIX,
        dev: "off",
        types: TARGET_GROUPS,
        checkInStack: (group, stack) => missing(group, stack, ["HTTPCode_Target_5XX_Count", "TargetResponseTime"]),
    },
    {
        name: "alarms-nat",
        asks: "In prod somebody is told of a NAT gateway without a free port.",
        fix: FIX,
        dev: "off",
        types: [NAT_GATEWAY],
        // By number: a network's component tells the ids of its gateways, and not which is whose.
        checkInStack: (_, stack) =>
            findingUnless(
                alarmsWith(stack, ({ metricName }) => metricName === "ErrorPortAllocation").length >=
                    stack.ofType([NAT_GATEWAY]).length,
                "there are fewer alarms on ErrorPortAllocation than NAT gateways",
            ),
    },
    {
        name: "alarms-certificate",
        asks: "In prod somebody is told of a listener's certificate that ends soon.",
        fix: FIX,
        dev: "off",
        types: LISTENERS,
        checkInStack: ({ inputs }, stack) => {
            const { certificateArn } = inputs as { certificateArn?: string };
            if (certificateArn === undefined) return [];
            const watched = alarmsWith(
                stack,
                ({ metricName, dimensions }) =>
                    metricName === "DaysToExpiry" && dimensions?.CertificateArn === certificateArn,
            );
            return findingUnless(watched.length > 0, "its certificate has no alarm on DaysToExpiry");
        },
    },
    {
        name: "alarms-told",
        asks: "In prod, where alarms tell somebody, each does: by itself, by a composite alarm, or it says why it is muted.",
        fix: "alarmActions; a composite alarm of it that has them; or `muted` with a reason in `alarms.settings`",
        dev: "off",
        types: [ALARM],
        checkInStack: ({ urn, inputs }, stack) => {
            const alarm = inputs as Alarm;
            if (tells(alarm) || alarmsWith(stack, tells).length === 0) return [];
            const isToldOf = stack
                .ofType([COMPOSITE_ALARM])
                .some((one) => tells(one.inputs) && one.refersTo("alarmRule").some((of) => of.urn === urn));
            const isMuted = alarm.alarmDescription?.includes("Muted: ") ?? false;
            return findingUnless(isToldOf || isMuted, "it tells nobody, and neither does a composite alarm of it");
        },
    },
];
