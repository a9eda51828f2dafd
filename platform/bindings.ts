/** What the tasks of a heritage get of its bindings, `egress` and `permissions`: variables, secrets, ways out and rights. */
import * as pulumi from "@pulumi/pulumi";
import type { AgentCluster } from "../components/agent-cluster";
import { parseArn } from "../components/arn";
import { Bucket, bucketStatements } from "../components/bucket";
import { type Connection, connectionTo } from "../components/fargate/egress";
import type { HeritageArgs } from "../components/heritage";
import { accountAndRegion, type Statement } from "../components/iam";
import type { KeycloakHa } from "../components/keycloak-ha";
import { permissionStatements } from "../components/permission";
import { Queue, queueStatements } from "../components/queue";
import { Redis } from "../components/redis";
import type { Secret } from "../components/secret-store";
import type { HeritageConfig } from "../config/defaults";
import { waysOut } from "../config/egress";
import { type BindingAttribute, type BindingKind, kindsOf, variablesOf } from "../config/heritage/uses";
import type { BindingConfig } from "../config/heritage/uses-defaults";
import { serviceNamed } from "../config/reachable";
import type { District } from "./district";

/** What of the stack a binding may lead to, beside other heritages. */
export interface Neighbours {
    readonly agents: Readonly<Record<string, AgentCluster>>;
    readonly keycloak: KeycloakHa | undefined;
}

/** What a binding gives. */
interface Bound {
    /** By the attribute that a variable may have; undefined where there is none, e.g. no authority beside a public certificate. */
    readonly clear: Partial<Record<BindingAttribute, pulumi.Input<string>>>;
    /** Values that the program makes a parameter of, and secrets that there are. */
    readonly secret?: Partial<Record<BindingAttribute, pulumi.Output<string> | Secret>>;
    readonly connections?: Connection[];
    readonly statements?: Statement[];
    /** Of a queue, by which CloudWatch knows it. */
    readonly queueName?: pulumi.Input<string>;
}

/** What a binding is made in; `name` is the heritage's and its own. */
interface BindingContext extends Neighbours {
    readonly name: string;
    readonly district: District;
}

type Binder<Kind extends BindingKind> = (settings: NonNullable<BindingConfig[Kind]>, context: BindingContext) => Bound;

const KINDS: { [Kind in BindingKind]: Binder<Kind> } = {
    host: ({ name: host, port, securityGroup }) => ({
        clear: { host, port: String(port) },
        connections:
            securityGroup === undefined ? [] : [connectionTo(securityGroup, port, `Port ${port} of ${securityGroup}`)],
    }),
    redis(settings, { name, district: { vpc, secrets, config, opts } }) {
        const { protect } = config;
        const password = secrets.password(`${name}-password`, { protect });
        const redis = new Redis(name, { ...settings, vpc, password, kmsKeyArn: secrets.keyArn, protect }, opts);
        return {
            clear: { host: redis.host, port: String(redis.port) },
            // Without a user, for clients of before Redis 6. Letters and digits alone: nothing in it is to be escaped.
            secret: { url: pulumi.interpolate`rediss://:${password}@${redis.host}:${redis.port}`, password },
            connections: [redis.connection],
        };
    },
    bucket({ existing }, { name, district: { config, opts, vpc } }) {
        const { partition } = accountAndRegion(vpc);
        const bucket = existing
            ? { bucket: existing, arn: pulumi.interpolate`arn:${partition}:s3:::${existing}` }
            : new Bucket(name, { protect: config.protect }, opts);
        return {
            clear: { name: bucket.bucket, arn: bucket.arn, region: config.region },
            statements: bucketStatements(bucket.arn),
        };
    },
    queue({ existing, ...settings }, { name, district: { config, opts, vpc } }) {
        const queue = existing
            ? existingQueue(existing, vpc)
            : new Queue(name, { ...settings, protect: config.protect }, opts);
        return {
            clear: { url: queue.url, arn: queue.arn, name: queue.name },
            statements: queueStatements(queue.arn),
            queueName: queue.name,
        };
    },
    service(text, { district: { config, authority } }) {
        const { name, port, tls } = serviceNamed(config, text)!;
        const host = `${name}.${pulumi.getStack()}.internal`;
        const url = `${tls ? "https" : "http"}://${host}:${port}`;
        return { clear: { url, host, port: String(port), ca: tls ? authority!.certificate : undefined } };
    },
    agents(name, { agents, district }) {
        const { adminUrl, adminApiKey } = agents[name]!;
        return { clear: { url: adminUrl, ca: ownAuthority(district) }, secret: { key: adminApiKey } };
    },
    keycloak({ realm }, { keycloak, district }) {
        const { url } = keycloak!;
        const issuer = pulumi.interpolate`${url}/realms/${realm}`;
        const jwks = pulumi.interpolate`${issuer}/protocol/openid-connect/certs`;
        return { clear: { issuer, jwks, url, realm, ca: ownAuthority(district) } };
    },
};

/** Of the endpoints, where their certificates are by the stack itself. */
const ownAuthority = ({ config, authority }: District) => (config.domain ? undefined : authority?.certificate);

function existingQueue(nameOrArn: string, parent: pulumi.Resource) {
    const here = accountAndRegion(parent);
    const arn = nameOrArn.startsWith("arn:") ? parseArn(nameOrArn) : undefined;
    const name = arn ? arn.resource : nameOrArn;
    const account = arn?.accountId ?? here.account;
    return {
        name,
        arn: arn ? nameOrArn : pulumi.interpolate`arn:${here.partition}:sqs:${here.region}:${account}:${name}`,
        url: pulumi.interpolate`https://sqs.${here.region}.amazonaws.com/${account}/${name}`,
    };
}

export type BoundInputs = Required<
    Pick<HeritageArgs, "environment" | "secrets" | "egress" | "connections" | "taskRoleStatements">
>;

export interface Bindings {
    readonly inputs: BoundInputs;
    /** Names of its queues in SQS, by the binding's name. */
    readonly queues: Readonly<Record<string, pulumi.Input<string>>>;
}

export function bindings(
    heritage: string,
    settings: Pick<HeritageConfig, "uses" | "egress" | "permissions">,
    district: District,
    neighbours: Neighbours,
): Bindings {
    const environment: Record<string, pulumi.Input<string>> = {};
    const secrets: Record<string, Secret> = {};
    const connections: Connection[] = [];
    const queues: Record<string, pulumi.Input<string>> = {};
    const taskRoleStatements = permissionStatements(settings.permissions);
    for (const [name, binding] of Object.entries(settings.uses)) {
        const [kind] = kindsOf(binding) as [BindingKind];
        const bind = KINDS[kind] as (of: unknown, context: BindingContext) => Bound;
        const bound = bind(binding[kind], { name: `${heritage}-${name}`, district, ...neighbours });
        connections.push(...(bound.connections ?? []));
        if (bound.queueName !== undefined) queues[name] = bound.queueName;
        taskRoleStatements.push(...(bound.statements ?? []));
        for (const [variable, attribute] of Object.entries(variablesOf(name, kind, binding))) {
            const hidden = bound.secret?.[attribute];
            if (hidden !== undefined) {
                secrets[variable] = pulumi.Output.isInstance(hidden)
                    ? district.secrets.put(heritage, variable, hidden)
                    : hidden;
            } else if (bound.clear[attribute] !== undefined) environment[variable] = bound.clear[attribute];
        }
    }
    const inputs = { environment, secrets, egress: waysOut(settings), connections, taskRoleStatements };
    return { inputs, queues };
}
