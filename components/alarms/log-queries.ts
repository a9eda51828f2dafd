/** Questions to the logs, saved in CloudWatch Logs Insights for who was woken. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { LOG_PATTERNS } from "./log";

/** Whose log is asked: that of everything that runs, of services behind an Envoy (images/envoy/envoy.yaml), of Keycloak, of agents, of databases with an audit log. */
export type Asked = "everything" | "envoys" | "keycloak" | "agents" | "databases";

/** Envoy's lines are JSON, whose fields Logs Insights knows. A stream's name begins with its container's. */
const BY_ENVOY = "@logStream like /^envoy\\//";

export const LOG_QUERIES: Readonly<Record<string, { of: Asked; query: readonly string[] }>> = {
    errors: {
        of: "everything",
        query: [
            "fields @timestamp, @log, @logStream, @message",
            'filter @message like /\\b(ERROR|FATAL|CRITICAL|PANIC)\\b|"level": ?"(error|fatal)"|Traceback|Exception/',
            "sort @timestamp desc",
            "limit 200",
        ],
    },
    "failed-requests": {
        of: "envoys",
        query: [
            `filter ${BY_ENVOY} and status >= 500`,
            "stats count(*) as requests by host, method, path, status, flags",
            "sort requests desc",
            "limit 50",
        ],
    },
    "slowest-requests": {
        of: "envoys",
        query: [
            "fields @timestamp, milliseconds, host, method, path, status, request, trace",
            // A WebSocket (101) is open as long as its client likes.
            `filter ${BY_ENVOY} and status != 101`,
            "sort milliseconds desc",
            "limit 50",
        ],
    },
    "failed-log-ins": {
        of: "keycloak",
        query: [
            `filter @message like /${LOG_PATTERNS["failed-log-ins"]}/`,
            // A log in JSON has a backslash before each quotation mark.
            ...["realmName", "clientId", "ipAddress"].map((field) => parse(field)),
            'parse @message /[ ,]error=\\\\?"(?<reason>[^"\\\\]*)/',
            "stats count(*) as failed by realmName, clientId, ipAddress, reason",
            "sort failed desc",
            "limit 50",
        ],
    },
    "failed-deliveries": {
        of: "agents",
        query: [
            "filter @message like /could not be delivered to/",
            "parse @message /delivered to (?<endpoint>[^ ]+)/",
            "stats count(*) as failed by endpoint, @log",
            "sort failed desc",
            "limit 50",
        ],
    },
    "who-did-what": {
        of: "databases",
        query: [
            "filter @message like /:LOG: +AUDIT: /",
            // RDS begins each line with %t:%r:%u@%d:[%p]: (RDS user guide, "RDS for PostgreSQL database log files").
            "parse @message /^[^:]*:[^:]*:[^:]*:(?<address>[^:(]*)[^:]*:(?<user>[^:@]*)@(?<database>[^:]*):/",
            "parse @message /AUDIT: [A-Z]+,[0-9]+,[0-9]+,(?<class>[A-Z]+),(?<command>[^,]*),[^,]*,[^,]*,(?<statement>.*)/",
            "fields @timestamp, user, database, address, class, command, statement",
            "sort @timestamp desc",
            "limit 500",
        ],
    },
};

function parse(field: string): string {
    return `parse @message /${field}=\\\\?"(?<${field}>[^"\\\\]*)/`;
}

/** A query asks at most so many log groups (CloudWatch Logs API reference, StartQuery). */
const MOST_GROUPS = 50;

/**
 * Saves each query for the log groups that it asks, in the folder `name` of Logs Insights; several times where these are more than a query asks.
 * **Cost**: nothing; whoever runs one pays for what it reads.
 */
export function logQueries(
    name: string,
    logGroups: Readonly<Record<Asked, readonly pulumi.Input<string>[]>>,
    opts: pulumi.CustomResourceOptions,
): void {
    for (const [about, { of, query }] of Object.entries(LOG_QUERIES)) {
        const groups = logGroups[of];
        for (let first = 0; first < groups.length; first += MOST_GROUPS) {
            const own = first === 0 ? about : `${about}-${first / MOST_GROUPS + 1}`;
            new aws.cloudwatch.QueryDefinition(
                own,
                {
                    name: `${name}/${own}`,
                    logGroupNames: groups.slice(first, first + MOST_GROUPS) as pulumi.Input<string>[],
                    queryString: query.join("\n| "),
                },
                opts,
            );
        }
    }
}
