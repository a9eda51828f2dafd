/** Saved queries of Logs Insights, which moto lacks (CloudWatch Logs API reference, PutQueryDefinition). */
import { randomUUID } from "node:crypto";

const SERVICE = "Logs_20140328";

interface QueryDefinition {
    readonly queryDefinitionId: string;
    readonly name: string;
    readonly queryString: string;
    readonly logGroupNames?: readonly string[];
}

const kept = new Map<string, QueryDefinition>();

/** What CloudWatch Logs answers; undefined for every other operation. */
export function queryDefinitionsAnswer(operation: string, body: Buffer): string | undefined {
    if (!operation.startsWith(`${SERVICE}.`) || !operation.includes("QueryDefinition")) return undefined;
    const input = JSON.parse(body.toString("utf8")) as QueryDefinition & { queryDefinitionNamePrefix?: string };
    switch (operation.slice(SERVICE.length + 1)) {
        case "PutQueryDefinition": {
            const { queryDefinitionId = randomUUID(), name, queryString, logGroupNames } = input;
            kept.set(queryDefinitionId, { queryDefinitionId, name, queryString, logGroupNames });
            return JSON.stringify({ queryDefinitionId });
        }
        case "DescribeQueryDefinitions": {
            const { queryDefinitionNamePrefix = "" } = input;
            const found = [...kept.values()].filter(({ name }) => name.startsWith(queryDefinitionNamePrefix));
            return JSON.stringify({ queryDefinitions: found });
        }
        case "DeleteQueryDefinition":
            return JSON.stringify({ success: kept.delete(input.queryDefinitionId) });
        default:
            return undefined;
    }
}
