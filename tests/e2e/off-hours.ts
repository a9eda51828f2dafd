/** What the emulator says of databases, of autoscaling and of schedules, for which the project has no client. */
import { call } from "./state-machine";

const REGION = "ap-northeast-1";

/** Not signed: it never goes to a real account (`needsEngine`). */
export async function ask(service: string, path: string, body?: string): Promise<string> {
    const response = await fetch(new URL(path, process.env.AWS_ENDPOINT_URL), {
        method: body === undefined ? "GET" : "POST",
        body,
        headers: {
            ...(body === undefined
                ? {}
                : { "content-type": body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded" }),
            authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=none`,
        },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${service}: ${response.status} ${text.slice(0, 500)}`);
    return text;
}

export const databaseStates = (identifiers: readonly string[]): Promise<string[]> =>
    Promise.all(
        identifiers.map(async (id) => {
            const query = new URLSearchParams({
                Action: "DescribeDBInstances",
                Version: "2014-10-31",
                DBInstanceIdentifier: id,
            });
            return /<DBInstanceStatus>(.*?)</.exec(await ask("rds", "/", query.toString()))![1]!;
        }),
    );

/** The state of a schedule, by `<group>/<name>`. */
export async function scheduleState(id: string): Promise<string> {
    const [group, name] = id.split("/") as [string, string];
    const text = await ask("scheduler", `/schedules/${name}?groupName=${group}`);
    return (JSON.parse(text) as { State: string }).State;
}

/** The fewest tasks of the autoscaled services of a cluster. */
export async function leastTasks(clusterArn: string): Promise<number[]> {
    const target = "AnyScaleFrontendService.DescribeScalableTargets";
    const { ScalableTargets } = await call<{ ScalableTargets: { ResourceId: string; MinCapacity: number }[] }>(
        target,
        "application-autoscaling",
        { ServiceNamespace: "ecs" },
    );
    const cluster = clusterArn.split("/")[1];
    return ScalableTargets.filter(({ ResourceId }) => ResourceId.split("/")[1] === cluster).map(
        ({ MinCapacity }) => MinCapacity,
    );
}
