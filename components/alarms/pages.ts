/** One page for one cause: what users notice of a service is one alarm, which says nothing while its database is down. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alarms } from "../alarms";
import { UserError } from "../user-error";
import { ALARM_KINDS, type AlarmKind } from "./kinds";

/** CloudWatch API reference, PutCompositeAlarm. */
const MOST_CHILDREN = 100;

type Made = Alarms["made"][number];

/**
 * `database-down` rings after five minutes without a measurement, `errors` after three: a page waits for the database's alarm. AWS acts on what
 * still rings when the time is over (CloudWatch API reference, PutCompositeAlarm).
 */
const WAIT_SECONDS = 240;
/** As long as tasks take to be started anew, and to pass health checks, when the database is back. */
const EXTENSION_SECONDS = 600;

/**
 * Makes the composite alarms of `Alarms` with `onePage`, and is to be called once, when all others are made: one for each service and each load
 * balancer, called `<name>-failing`. It tells the topic in the place of the alarms that it is made of. While the database behind a service is
 * down, or any database behind a load balancer's services, it tells nobody: the database's own alarm does.
 *
 * **Cost**: 0.50 USD a month for each.
 *
 * @example
 * const alarms = new Alarms({ topicArn, onePage: true });
 * …
 * pages(alarms, { "shop-web": "shop-db" }, { provider });
 *
 * @param databases The database behind each service that has one, by the names that their alarms begin with.
 */
export function pages(
    alarms: Alarms,
    databases: Readonly<Record<string, string>>,
    opts: pulumi.CustomResourceOptions,
): void {
    const { topicArn } = alarms;
    if (!alarms.onePage || topicArn === undefined) return;
    const downs = new Map(
        alarms.made
            .filter(({ watched, muted }) => watched.kind === "database-down" && !muted)
            .map((alarm) => [alarm.watched.name, alarm]),
    );
    const composite = (name: string, of: readonly Made[], args: Partial<aws.cloudwatch.CompositeAlarmArgs>) => {
        if (of.length > MOST_CHILDREN) {
            throw new UserError(
                `${name}: a composite alarm looks at ${MOST_CHILDREN} alarms at most, and this one would at ${of.length}: ` +
                    "have databases share an instance (sharedDatabase), or make two stacks of it",
            );
        }
        return new aws.cloudwatch.CompositeAlarm(
            name,
            {
                // CloudWatch has no names of its own for these, and they are unique in a region.
                alarmName: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
                alarmRule: anyOf(of),
                ...args,
            },
            opts,
        );
    };
    const several =
        downs.size > 1
            ? composite("databases-down", [...downs.values()], {
                  alarmDescription:
                      "A database of the stack is down, and tells so itself. Load balancers' alarms are silent meanwhile.",
              }).alarmName
            : [...downs.values()][0]?.alarm.name;
    const noticed = alarms.made.filter(({ watched, muted }) => kindOf(watched.kind).noticed && !muted);
    for (const name of new Set(noticed.map(({ watched }) => watched.name))) {
        const own = noticed.filter(({ watched }) => watched.name === name);
        const isBalancer = kindOf(own[0]!.watched.kind).of === "endpoint";
        const cause = isBalancer ? several : downs.get(databases[name] ?? "")?.alarm.name;
        const made = composite(`${name}-failing`, own, {
            alarmDescription: `${name}: users notice that it fails. What to do: docs/alarms.md#failing`,
            alarmActions: [topicArn],
            okActions: [topicArn],
            ...(cause && {
                actionsSuppressor: { alarm: cause, waitPeriod: WAIT_SECONDS, extensionPeriod: EXTENSION_SECONDS },
            }),
        });
        alarms.pages.push(made.alarmName);
    }
}

/** Any of them, and of those that ring together, all. */
function anyOf(alarms: readonly Made[]): pulumi.Output<string> {
    const groups = new Set(alarms.map(({ watched }) => watched.together));
    const terms = [...groups].flatMap((group) => {
        const some = alarms.filter(({ watched }) => watched.together === group).map(({ alarm }) => rings(alarm));
        return group === undefined ? some : [pulumi.all(some).apply((all) => `(${all.join(" AND ")})`)];
    });
    return pulumi.all(terms).apply((all) => all.join(" OR "));
}

const rings = ({ name }: aws.cloudwatch.MetricAlarm) => pulumi.interpolate`ALARM("${name}")`;

const kindOf = (name: keyof typeof ALARM_KINDS): AlarmKind => ALARM_KINDS[name];
