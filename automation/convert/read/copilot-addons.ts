/** Addons of Copilot: CloudFormation templates beside the manifests. */
import { BINDING_ATTRIBUTES } from "../../../config/heritage/uses";
import { some } from "../heritage";
import type { App } from "../model";
import type { Node } from "../node";

/** Copilot hands each output to the tasks, as a variable: `BucketName` is BUCKET_NAME. */
const variableOf = (output: string) => output.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();

const known: Readonly<Record<string, readonly string[]>> = BINDING_ATTRIBUTES;

const ATTRIBUTES: readonly [words: RegExp, attribute: string][] = [
    [/url|uri/i, "url"],
    [/host|endpoint|address/i, "host"],
    [/port/i, "port"],
    [/name/i, "name"],
    [/arn/i, "arn"],
];

/** What is made here, by the type in CloudFormation. */
const KINDS: Readonly<Record<string, string>> = {
    "AWS::S3::Bucket": "bucket",
    "AWS::SQS::Queue": "queue",
    "AWS::ElastiCache::CacheCluster": "redis",
    "AWS::ElastiCache::ReplicationGroup": "redis",
    "AWS::ElastiCache::ServerlessCache": "redis",
};

export function readAddon(app: App, root: Node) {
    const outputs = root.entries("Outputs").map(([name]) => name);
    for (const [name, resource] of root.entries("Resources")) {
        const type = String(resource.plain("Type"));
        const kind = KINDS[type];
        const own = outputs.filter((output) => output.startsWith(name));
        if (kind) {
            const variables = own.flatMap((output): [string, string][] => {
                const attribute = ATTRIBUTES.find(([words]) => words.test(output.slice(name.length)))?.[1];
                return attribute === undefined || !known[kind]!.includes(attribute)
                    ? []
                    : [[variableOf(output), attribute]];
            });
            app.uses[name] = { [kind]: {}, variables: some(Object.fromEntries(variables)) };
            app.changed(
                `The addon ${root.file} made ${name}, a ${kind}: another one is made here, and empty.` +
                    (kind === "redis" ? "" : ` An existing one: ${kind}: { existing: … }.`),
            );
        } else if (/^AWS::RDS::DB(Cluster|Instance)$/.test(type)) {
            app.database = true;
            app.todo(
                `The addon ${root.file} made ${name} (${type}): a PostgreSQL of its own is made here, and empty: restore a dump into it.`,
                "database",
            );
        } else if (
            !/^AWS::(IAM::|EC2::SecurityGroup|ElastiCache::(SubnetGroup|ParameterGroup|User)|RDS::DBSubnetGroup|RDS::DBClusterParameterGroup|SecretsManager::|S3::BucketPolicy|SQS::QueuePolicy)/.test(
                type,
            )
        ) {
            app.todo(
                `The addon ${root.file} makes ${name} (${type}), which is not made here: by other means, with permissions for the tasks` +
                    (own.length > 0 ? `; the tasks had ${own.map(variableOf).join(", ")}.` : "."),
            );
        }
    }
    root.leaveOut("a template of CloudFormation, of which each resource is named");
}
