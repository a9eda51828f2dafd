/**
 * What AWS takes for a name, a description and a tag, by type of resource: as the API reference of each service has it (the action that
 * makes the resource), and for security groups the EC2 user guide. A text that is not so is refused in the middle of an `up`.
 */
import type { Finding, Policy, Seen } from "../policy";
import { TAG_TEXT } from "../tag-text";

interface Rule {
    readonly takes: RegExp;
    readonly most: number;
    /** `takes`, in words. */
    readonly words: string;
    /** Pulumi fills it where it is not given: the resource's name, a dash and seven digits. */
    readonly filled?: true;
}

const filled = (rule: Rule): Rule => ({ ...rule, filled: true });
const upTo = (most: number, rule: Rule): Rule => ({ ...rule, most });

const DASHED: Rule = { takes: /^[A-Za-z0-9_-]+$/, most: 255, words: "letters, digits, - and _" };
const DOTTED: Rule = { takes: /^[A-Za-z0-9_.-]+$/, most: 64, words: "letters, digits, -, _ and ." };
const IAM_NAME: Rule = { takes: /^[A-Za-z0-9_+=,.@-]+$/, most: 64, words: "letters, digits and + = , . @ - _" };
/** RDS's names: of instances, snapshots, parameter groups. */
const RDS_NAME: Rule = {
    takes: /^[A-Za-z](-?[A-Za-z0-9])*$/,
    most: 255,
    words: "letters, digits and single dashes, a letter first and no dash last",
};
const GROUP_TEXT: Rule = {
    takes: /^[A-Za-z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/,
    most: 255,
    words: "letters, digits, spaces and . _ - : / ( ) # , @ [ ] + = & ; { } ! $ *",
};
/** Where no reference names any characters: what can be read, without control characters. */
const READABLE: Rule = { takes: /^\P{Cc}*$/u, most: 255, words: "no control characters" };
const IAM_TEXT: Rule = {
    takes: /^[\t\n\r\u0020-\u007e\u00a1-\u00ff]*$/,
    most: 1000,
    words: "characters of Latin-1",
};
const LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
const DNS_NAME: Rule = {
    takes: new RegExp(`^(\\*\\.)?(${LABEL}\\.)*${LABEL}\\.?$`),
    most: 253,
    words: "labels of up to 63 letters, digits and dashes",
};
const BALANCER_NAME: Rule = {
    takes: /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/,
    most: 32,
    words: "letters, digits and dashes, none at either end, and not internal-",
};
const DATABASE_NAME: Rule = {
    takes: /^[A-Za-z_][A-Za-z0-9_]*$/,
    most: 63,
    words: "letters, digits and _, no digit first",
};

/** By type, and by property. */
export const TEXTS: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
    "aws:acm/certificate:Certificate": { domainName: upTo(64, DNS_NAME) }, // as a common name
    "aws:appautoscaling/policy:Policy": { name: filled(upTo(256, READABLE)) },
    "aws:cloudwatch/eventRule:EventRule": { name: filled(DOTTED), description: upTo(512, READABLE) },
    "aws:cloudwatch/logGroup:LogGroup": {
        name: filled({ takes: /^[.\-_/#A-Za-z0-9]+$/, most: 512, words: "letters, digits and . - _ / #" }),
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": { name: filled(READABLE), alarmDescription: upTo(1024, READABLE) },
    "aws:ec2/securityGroup:SecurityGroup": {
        name: filled({ ...GROUP_TEXT, takes: /^(?!sg-)[A-Za-z0-9. _\-:/()#,@[\]+=&;{}!$*]+$/ }),
        description: GROUP_TEXT,
    },
    "aws:ecr/repository:Repository": {
        name: filled({
            takes: /^([a-z0-9]+([._-][a-z0-9]+)*\/)*[a-z0-9]+([._-][a-z0-9]+)*$/,
            most: 256,
            words: "small letters and digits, with single . _ - / between them",
        }),
    },
    "aws:ecs/cluster:Cluster": { name: filled(DASHED) },
    "aws:ecs/service:Service": { name: filled(DASHED) },
    "aws:ecs/taskDefinition:TaskDefinition": { family: DASHED },
    "aws:iam/instanceProfile:InstanceProfile": { name: filled(upTo(128, IAM_NAME)) },
    "aws:iam/role:Role": { name: filled(IAM_NAME), description: IAM_TEXT },
    "aws:iam/rolePolicy:RolePolicy": { name: filled(upTo(128, IAM_NAME)) },
    "aws:kms/alias:Alias": {
        name: { takes: /^alias\/(?!aws\/)[A-Za-z0-9/_-]+$/, most: 256, words: "alias/ and letters, digits, / _ -" },
    },
    "aws:kms/key:Key": { description: upTo(8192, READABLE) },
    "aws:lb/loadBalancer:LoadBalancer": { name: filled(BALANCER_NAME) },
    "aws:lb/targetGroup:TargetGroup": { namePrefix: upTo(6, BALANCER_NAME) },
    "aws:rds/instance:Instance": {
        identifier: filled(upTo(63, RDS_NAME)),
        finalSnapshotIdentifier: RDS_NAME,
        dbName: DATABASE_NAME,
        username: DATABASE_NAME,
    },
    "aws:rds/parameterGroup:ParameterGroup": {
        name: filled(RDS_NAME),
        description: READABLE,
        family: { takes: /^[a-z-]+\d+(\.\d+)?$/, most: 255, words: "an engine and its version, e.g. postgres17" },
    },
    "aws:rds/subnetGroup:SubnetGroup": {
        name: filled({ takes: /^[a-z][a-z0-9_. -]*$/, most: 255, words: "small letters, digits, spaces and . _ -" }),
        description: READABLE,
    },
    "aws:route53/record:Record": { name: DNS_NAME },
    "aws:route53/zone:Zone": { name: DNS_NAME, comment: upTo(256, READABLE) },
    "aws:s3/bucket:Bucket": {
        bucket: filled({ takes: /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/, most: 63, words: "small letters, digits, . and -" }),
    },
    "aws:scheduler/schedule:Schedule": {
        name: filled(DOTTED),
        groupName: filled(DOTTED),
        description: upTo(512, READABLE),
    },
    "aws:scheduler/scheduleGroup:ScheduleGroup": { name: filled(DOTTED) },
    // Step Functions takes more, but CloudWatch Logs no other name (CreateStateMachine, "name").
    "aws:sfn/stateMachine:StateMachine": { name: filled(upTo(80, DASHED)) },
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": {
        name: DNS_NAME,
        description: upTo(1024, READABLE),
    },
    "aws:servicediscovery/service:Service": { name: upTo(127, DNS_NAME), description: upTo(1024, READABLE) },
    "aws:sqs/queue:Queue": { name: filled(upTo(80, DASHED)) },
    "aws:ssm/parameter:Parameter": {
        name: {
            takes: /^\/?(?!aws|ssm)[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+){0,14}$/i,
            most: 1011,
            words: "up to 15 parts of letters, digits and . _ -, and not aws or ssm first",
        },
        description: upTo(1024, READABLE),
    },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": { description: GROUP_TEXT },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": { description: GROUP_TEXT },
};

const DIGITS = "-0123456";

function textsOf({ type, name, inputs }: Seen): readonly Finding[] {
    return Object.entries(TEXTS[type] ?? {}).flatMap(([property, rule]) => {
        // In the plan what Pulumi fills is not there yet.
        const value = inputs[property] ?? (rule.filled && !inputs.namePrefix ? name.toLowerCase() + DIGITS : undefined);
        return typeof value === "string" ? problems(`its ${property}`, value, rule) : [];
    });
}

function problems(what: string, value: string, { takes, most, words }: Omit<Rule, "filled">): Finding[] {
    const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
    if (value.length > most)
        return [{ what: `${what} has ${value.length} characters, and AWS takes ${most}: ${shown}` }];
    return takes.test(value) ? [] : [{ what: `AWS does not take ${what}, ${shown}: ${words}` }];
}

function containersOf({ inputs }: Seen): readonly Finding[] {
    const { containerDefinitions } = inputs;
    if (typeof containerDefinitions !== "string") return [];
    return (JSON.parse(containerDefinitions) as { name: string }[]).flatMap(({ name }) =>
        problems("a container's name", name, DASHED),
    );
}

function tagsOf({ inputs, defaultTags }: Seen): readonly Finding[] {
    const tags = { ...defaultTags, ...((inputs.tags as Record<string, string> | undefined) ?? {}) };
    const words = "letters, digits, spaces and . : + = @ _ / -";
    return Object.entries(tags).flatMap(([key, value]) => [
        ...problems("the key of a tag", key, { takes: TAG_TEXT, most: 128, words }),
        ...problems(`its tag ${key}`, value, { takes: TAG_TEXT, most: 256, words }),
    ]);
}

export const TEXT_POLICIES: readonly Policy[] = [
    {
        name: "aws-texts",
        asks: "Every name, description and tag is one that AWS takes.",
        fix: "another text, or a shorter name: of the workload in the stack file, or of the stack",
        dev: "mandatory",
        types: ["aws:"],
        check: (resource) => [...textsOf(resource), ...containersOf(resource), ...tagsOf(resource)],
    },
];
