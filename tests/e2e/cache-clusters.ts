/**
 * moto makes a replication group of ElastiCache without its nodes, and the provider reads settings of the group off the first one. So the proxy in
 * front of the emulator keeps what each group was made with, and tells it of the group's first node.
 */
const groups = new Map<string, URLSearchParams>();
const NAMESPACE = "http://elasticache.amazonaws.com/doc/2015-02-02/";

/** The answer to a question about a node of a group that was made here; undefined for any other request. */
export function cacheClusterAnswer(body: Buffer): string | undefined {
    if (!body.includes("Action=CreateReplicationGroup&") && !body.includes("Action=DescribeCacheClusters&"))
        return undefined;
    const form = new URLSearchParams(body.toString("utf8"));
    if (form.get("Action") === "CreateReplicationGroup") {
        groups.set(`${form.get("ReplicationGroupId")}-001`, form);
        return undefined;
    }
    const id = form.get("CacheClusterId") ?? "";
    const group = groups.get(id);
    return group && describe(id, group);
}

function describe(id: string, group: URLSearchParams): string {
    const element = (name: string, value: string | null) => (value === null ? "" : `<${name}>${value}</${name}>`);
    const own = (name: string) => element(name, group.get(name));
    const securityGroups = [...group]
        .filter(([key]) => key.startsWith("SecurityGroupIds."))
        .map(([, group]) => element("member", element("SecurityGroupId", group) + element("Status", "active")));
    const cluster = [
        element("CacheClusterId", id),
        element("CacheClusterStatus", "available"),
        ...["ReplicationGroupId", "CacheNodeType", "Engine", "CacheSubnetGroupName", "AutoMinorVersionUpgrade"].map(
            own,
        ),
        element("EngineVersion", `${group.get("EngineVersion")}.1`), // ElastiCache names the patch, too
        element("NumCacheNodes", "1"),
        element("PreferredMaintenanceWindow", "sun:05:00-sun:06:00"),
        element("CacheParameterGroup", element("CacheParameterGroupName", "default.valkey8")),
        element("SecurityGroups", securityGroups.join("")),
        element("CacheNodes", element("CacheNode", element("CacheNodeId", "0001"))),
    ].join("");
    const result = element("CacheClusters", element("CacheCluster", cluster));
    return `<DescribeCacheClustersResponse xmlns="${NAMESPACE}">${element("DescribeCacheClustersResult", result)}</DescribeCacheClustersResponse>`;
}
