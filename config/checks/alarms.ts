/** Whom alarms tell, and what the stack file changes of them. */
import { ALARM_KIND_NAMES, ALARM_KINDS, type AlarmKindName, type AlarmOwner } from "../../components/alarms/kinds";
import type { PlatformConfig } from "../defaults";
import { databaseInstances } from "../instances";
import { nearest } from "../nearest";
import { homeOf, type Path, type Problem } from "./common";

export const checkAlarms = (config: PlatformConfig): Problem[] => [
    ...topicProblems(config),
    ...chatProblems(config),
    ...settingProblems(config),
    ...sloProblems(config),
    ...budgetProblems(config),
];

/** Addresses that AWS tells of a budget (Cost Management user guide, "Quotas and restrictions"). */
const BUDGET_EMAILS = 10;

function budgetProblems({ budget, alarmTopicArn, alarms: { emails } }: PlatformConfig): Problem[] {
    if (budget === undefined || alarmTopicArn !== undefined) return [];
    const also: Path[] = [["alarms", "emails"]];
    if (emails.length === 0) {
        const fix = "alarms.emails or alarmTopicArn, or leave it out";
        return [{ path: ["budget"], what: "tells nobody: AWS tells of a budget by e-mail, or a topic", fix, also }];
    }
    if (emails.length <= BUDGET_EMAILS) return [];
    const what = `is told to ${emails.length} e-mail addresses, and AWS tells ${BUDGET_EMAILS} at most`;
    return [{ path: ["budget"], what, fix: "a mailing list in alarms.emails, or alarmTopicArn", also }];
}

/** The keys that say whom the stack's own topic tells. */
const TOLD = ["emails", "webhooks", "slack", "teams"] as const;

function topicProblems({ alarmTopicArn, region, alarms }: PlatformConfig): Problem[] {
    if (alarmTopicArn === undefined) return [];
    const path = ["alarmTopicArn"];
    const own = TOLD.find((key) => alarms[key].length > 0);
    const other = homeOf(alarmTopicArn);
    return [
        // CloudWatch API reference, PutMetricAlarm.
        ...(other === region
            ? []
            : [
                  {
                      path,
                      what: `is in ${other}, and an alarm tells topics of its own region alone`,
                      fix: `a topic in ${region}`,
                  },
              ]),
        ...(own === undefined
            ? []
            : [
                  {
                      path: ["alarms", own],
                      what: "would be told by a topic of the stack's own, and alarmTopicArn names another one",
                      fix: `one of the two: leave alarmTopicArn out, or subscribe these to that topic`,
                      also: [path],
                  },
              ]),
    ];
}

/** A channel has one configuration in an account (the API refuses a second), and the provider finds that of Teams by the team alone. */
function chatProblems({ alarms: { slack, teams } }: PlatformConfig): Problem[] {
    const repeated = (ids: readonly string[]) =>
        ids.flatMap((id, i) => (ids.indexOf(id) < i ? [[id, i, ids.indexOf(id)] as const] : []));
    return [
        ...repeated(slack.map(({ channel }) => channel)).map(([id, i, first]) => ({
            path: ["alarms", "slack", i, "channel"],
            what: `${id} is the channel of slack[${first}] already`,
            fix: "leave one of the two out",
        })),
        ...repeated(teams.map(({ team }) => team.toLowerCase())).map(([id, i, first]) => ({
            path: ["alarms", "teams", i, "team"],
            what: `${id} is the team of teams[${first}] already, and a team has one channel here`,
            fix: "one channel of it, or a channel of another team",
        })),
    ];
}

function settingProblems(config: PlatformConfig): Problem[] {
    const { enabled, settings } = config.alarms;
    const owners = ownersOf(config);
    return Object.entries(settings).flatMap(([key, { threshold }]): Problem[] => {
        const path = ["alarms", "settings", key];
        if (!enabled) {
            return [
                {
                    path,
                    what: "changes an alarm, and the stack has none",
                    fix: "alarms.enabled: true, or leave it out",
                },
            ];
        }
        const [owner, kind] = key.includes("/") ? key.split("/", 2) : [undefined, key];
        if (!isKind(kind!))
            return [{ path, what: `${kind} is no kind of alarm`, fix: nearest(kind!, ALARM_KIND_NAMES) }];
        const { of, unit } = ALARM_KINDS[kind];
        const having = [...owners].filter(([, kinds]) => kinds.includes(of)).map(([name]) => name);
        if (owner !== undefined && !having.includes(owner)) {
            const fix =
                having.length > 0 ? nearest(owner, having) : "leave it out: nothing in this stack has that alarm";
            return [{ path, what: `${owner} has no alarm ${kind}`, fix }];
        }
        if (of === "target" && threshold !== undefined) {
            return [
                {
                    path,
                    what: "each window of a target has a threshold of its own",
                    fix: "another target in alarms.slo",
                },
            ];
        }
        if (unit.startsWith("%") && threshold !== undefined && threshold >= 100) {
            return [
                {
                    path,
                    what: `more than ${threshold} % never is`,
                    fix: "a threshold below 100, or muted with a reason",
                },
            ];
        }
        return [];
    });
}

function sloProblems(config: PlatformConfig): Problem[] {
    const { enabled, slo } = config.alarms;
    const having = behindBalancers(config);
    return Object.keys(slo).flatMap((name): Problem[] => {
        const path = ["alarms", "slo", name];
        if (!enabled) {
            const fix = "alarms.enabled: true, or leave it out";
            return [{ path, what: "is watched by alarms, and the stack has none", fix }];
        }
        if (having.includes(name)) return [];
        const what = `${name} is no service behind a load balancer`;
        const fix = having.length > 0 ? nearest(name, having) : "leave it out: the stack has none";
        return [{ path, what, fix }];
    });
}

const isKind = (text: string): text is AlarmKindName => Object.hasOwn(ALARM_KINDS, text);

/** What has alarms in a stack, by the name that they begin with, and of which kinds of owner it is. */
function ownersOf(config: PlatformConfig): Map<string, readonly AlarmOwner[]> {
    const { agents, services, keycloak, heritages, network } = config;
    const owners = new Map<string, readonly AlarmOwner[]>([
        ["public", ["endpoint"]],
        ["admin", ["endpoint"]],
        ["platform", ["platform"]],
    ]);
    for (const name of databaseInstances(config)) owners.set(name, ["database"]);
    for (const name of Object.keys(agents)) owners.set(name, ["service", "agents"]);
    if (keycloak) owners.set("keycloak", ["service", "keycloak"]);
    if (!network.existing) owners.set("vpc", ["network"]); // the gateways of a network that exists are not the stack's
    for (const name of Object.keys(services)) owners.set(name, ["service"]);
    for (const [name, heritage] of Object.entries(heritages)) {
        for (const service of Object.keys(heritage.services)) owners.set(`${name}-${service}`, ["service"]);
    }
    for (const [name, kinds] of owners)
        if (Object.hasOwn(config.alarms.slo, name)) owners.set(name, [...kinds, "target"]);
    return owners;
}

/** The services whose answers a load balancer counts. */
const behindBalancers = ({ agents, services, keycloak, heritages }: PlatformConfig): string[] => [
    ...Object.keys(agents),
    ...Object.keys(services),
    ...(keycloak ? ["keycloak"] : []),
    ...Object.entries(heritages).flatMap(([heritage, { services: own }]) =>
        Object.entries(own)
            .filter(([, { listeners }]) => listeners.some(({ redirect }) => redirect === undefined))
            .map(([name]) => `${heritage}-${name}`),
    ),
];
