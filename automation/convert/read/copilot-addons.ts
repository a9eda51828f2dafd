/** Addons of Copilot: CloudFormation templates beside the manifests. */
import type { App } from "../model";
import type { Node } from "../node";

/** Copilot hands each output to the tasks, as a variable: `BucketName` is BUCKET_NAME. */
const variableOf = (output: string) => output.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();

const ATTRIBUTES: readonly [words: RegExp, attribute: string][] = [
    [/url|uri/i, "url"],
    [/name/i, "name"],
    [/arn/i, "arn"],
];

export function readAddon(app: App, root: Node) {
    const outputs = (root.get("Outputs")?.entries() ?? []).map(([name]) => name);
    for (const [name, resource] of root.get("Resources")?.entries() ?? []) {
        const type = String(resource.get("Type")?.plain());
        const kind = type === "AWS::S3::Bucket" ? "bucket" : type === "AWS::SQS::Queue" ? "queue" : undefined;
        const own = outputs.filter((output) => output.startsWith(name));
        if (kind) {
            const variables = own.flatMap((output): [string, string][] => {
                const attribute = ATTRIBUTES.find(([words]) => words.test(output.slice(name.length)))?.[1];
                return attribute === undefined ? [] : [[variableOf(output), attribute]];
            });
            app.uses[name] = {
                [kind]: {},
                ...(variables.length > 0 ? { variables: Object.fromEntries(variables) } : {}),
            };
            app.changed(
                `The addon ${root.file} made ${name}, a ${kind}: another one is made here, and empty. An existing one: ${kind}: { existing: … }.`,
            );
        } else if (/^AWS::RDS::DB(Cluster|Instance)$/.test(type)) {
            app.database = true;
            app.todo(
                `The addon ${root.file} made ${name} (${type}): a PostgreSQL of its own is made here, and empty: restore a dump into it.`,
                "database",
            );
        } else if (
            !/^AWS::(IAM::|EC2::SecurityGroup|RDS::DBSubnetGroup|RDS::DBClusterParameterGroup|SecretsManager::|S3::BucketPolicy|SQS::QueuePolicy)/.test(
                type,
            )
        ) {
            app.todo(
                `The addon ${root.file} makes ${name} (${type}), which is not made here: by other means, with permissions for the tasks.`,
            );
        }
    }
    root.leaveOut("a template of CloudFormation, of which each resource is named");
}
