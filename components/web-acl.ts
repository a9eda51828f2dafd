import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * @example
 * const webAcl = new WebAcl("public", { mode: "count", logIns: 600, logRetentionDays: 90 });
 * new Endpoint("public", {
 *     vpc,
 *     allowedCidrs: ["0.0.0.0/0"],
 *     https: { authority },
 *     webAclArn: webAcl.arn,
 * });
 */
export interface WebAclArgs {
    /**
     * `count`: a request that a rule matches is counted and logged, and goes on. `block`: it is answered with 403. Begin with `count`, and look
     * into the log for requests of your own users before you block. @default count
     */
    mode?: "count" | "block";
    /** Requests that one address may send in five minutes, 10 to 2,000,000,000. @default 10000 */
    requests?: number;
    /** Log-ins, forgotten passwords and tokens of Keycloak that one address may ask for in five minutes. @default no such rule */
    logIns?: number;
    /**
     * Rules that only count in mode `block`, too: those that match requests of your own users. `SizeRestrictions_BODY` always counts.
     * @default none
     */
    countOnly?: readonly CoreRule[];
    /** Addresses whose requests the two limits do not count, such as those by which the stack's own tasks reach the endpoint. @default none */
    exemptAddresses?: readonly pulumi.Input<string>[];
    /** Days that the log is kept. */
    logRetentionDays: number;
}

type Scope = aws.types.input.wafv2.WebAclRuleStatementRateBasedStatementScopeDownStatement;

export const WEB_ACL_DEFAULTS = { mode: "count", requests: 10_000, logIns: 600 } as const;

/** The rules of AWS's core rule set (WAF developer guide, "Baseline rule groups"). WAF passes over the name of a rule that there is not. */
export const CORE_RULES = [
    "NoUserAgent_HEADER",
    "UserAgent_BadBots_HEADER",
    ...(["QUERYSTRING", "Cookie_HEADER", "BODY", "URIPATH"] as const).map(
        (part) => `SizeRestrictions_${part}` as const,
    ),
    ...(["BODY", "COOKIE", "URIPATH", "QUERYARGUMENTS"] as const).map((part) => `EC2MetaDataSSRF_${part}` as const),
    ...(["QUERYARGUMENTS", "URIPATH", "BODY"] as const).map((part) => `GenericLFI_${part}` as const),
    ...(["URIPATH", "QUERYARGUMENTS"] as const).map((part) => `RestrictedExtensions_${part}` as const),
    ...(["QUERYARGUMENTS", "BODY", "URIPATH"] as const).map((part) => `GenericRFI_${part}` as const),
    ...(["COOKIE", "QUERYARGUMENTS", "BODY", "URIPATH"] as const).map((part) => `CrossSiteScripting_${part}` as const),
] as const;
export type CoreRule = (typeof CORE_RULES)[number];

/**
 * AWS's groups of rules, with their capacity in units: a web ACL has 1,500 at its basic price (WAF developer guide, "AWS Managed Rules rule
 * groups list"). The group of hosting providers' addresses is not among them: other agents run there.
 */
const CORE = "AWSManagedRulesCommonRuleSet"; // 700
const GROUPS = ["AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", CORE]; // 25 and 200

/** Bodies of more than 8 KiB. Credentials with a picture, and the DIDComm messages that carry them, are larger. */
const LARGE_BODIES: CoreRule = "SizeRestrictions_BODY";

/** Where Keycloak takes passwords and gives tokens, whatever its relative path is. */
const LOG_IN_PATHS = [
    { searchString: "/login-actions/", positionalConstraint: "CONTAINS" },
    { searchString: "/protocol/openid-connect/token", positionalConstraint: "ENDS_WITH" },
];

/**
 * Judges requests before a load balancer's rules do: by AWS's lists of bad addresses and of known attacks, and by a limit for each address.
 * What matches is in the log group `aws-waf-logs-<project>-<stack>-<name>`, without cookies and authorization.
 *
 * **Cost**: 5 USD a month, 1 USD for each of its four or five rules, and 0.60 USD for a million requests.
 */
export class WebAcl extends pulumi.ComponentResource {
    readonly arn: pulumi.Output<string>;

    constructor(name: string, args: WebAclArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:WebAcl", name, {}, opts);
        const webAcl = new aws.wafv2.WebAcl(
            name,
            {
                scope: "REGIONAL",
                defaultAction: { allow: {} },
                rules: this.rules(name, args).map((rule, priority) => ({
                    ...rule,
                    priority,
                    visibilityConfig: measured(rule.name),
                })),
                visibilityConfig: measured(name),
            },
            { parent: this },
        );
        this.log(name, webAcl, args.logRetentionDays);
        this.arn = webAcl.arn;
        this.registerOutputs({ arn: this.arn });
    }

    private rules(name: string, args: WebAclArgs) {
        const { requests = WEB_ACL_DEFAULTS.requests, logIns, countOnly = [] } = args;
        const blocks = args.mode === "block";
        const counted = [...new Set([LARGE_BODIES, ...countOnly])].sort();
        const managed = GROUPS.map((group) => ({
            name: group,
            overrideAction: blocks ? { none: {} } : { count: {} },
            statement: {
                managedRuleGroupStatement: {
                    vendorName: "AWS",
                    name: group,
                    ruleActionOverrides:
                        group === CORE ? counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })) : [],
                },
            },
        }));
        const others = this.others(name, args.exemptAddresses ?? []);
        const limits = [
            { name: "requests", limit: requests, of: others },
            ...(logIns === undefined ? [] : [{ name: "log-ins", limit: logIns, of: both(toLogIn, others) }]),
        ];
        return [
            ...managed,
            ...limits.map(({ name: rule, limit, of }) => ({
                name: rule,
                action: blocks ? { block: {} } : { count: {} },
                statement: {
                    rateBasedStatement: {
                        aggregateKeyType: "IP",
                        evaluationWindowSec: 300,
                        limit,
                        scopeDownStatement: of,
                    },
                },
            })),
        ];
    }

    /** Requests of all addresses but these. */
    private others(name: string, addresses: readonly pulumi.Input<string>[]): Scope | undefined {
        if (addresses.length === 0) return undefined;
        const { arn } = new aws.wafv2.IpSet(
            name,
            {
                scope: "REGIONAL",
                ipAddressVersion: "IPV4",
                addresses: addresses.map((address) => pulumi.interpolate`${address}/32`),
            },
            { parent: this },
        );
        return { notStatement: { statement: { ipSetReferenceStatement: { arn } } } };
    }

    private log(name: string, { arn }: aws.wafv2.WebAcl, retentionInDays: number) {
        const child = { parent: this };
        const logGroup = new aws.cloudwatch.LogGroup(
            name,
            { name: `${WEB_ACL_LOG}${pulumi.getProject()}-${pulumi.getStack()}-${name}`, retentionInDays },
            child,
        );
        new aws.wafv2.WebAclLoggingConfiguration(
            name,
            {
                resourceArn: arn,
                logDestinationConfigs: [logGroup.arn],
                redactedFields: ["authorization", "cookie"].map((header) => ({ singleHeader: { name: header } })),
                loggingFilter: {
                    defaultBehavior: "DROP",
                    filters: [
                        {
                            behavior: "KEEP",
                            requirement: "MEETS_ANY",
                            conditions: ["BLOCK", "COUNT", "EXCLUDED_AS_COUNT"].map((action) => ({
                                actionCondition: { action },
                            })),
                        },
                    ],
                },
            },
            child,
        );
    }
}

/** How the name of a log group has to begin that WAF writes to (WAF developer guide, "Sending logs to a CloudWatch Logs log group"). */
export const WEB_ACL_LOG = "aws-waf-logs-";

const measured = (metricName: string) => ({
    metricName,
    cloudwatchMetricsEnabled: true, // free of charge
    sampledRequestsEnabled: true,
});

const toLogIn: Scope = {
    orStatement: {
        statements: LOG_IN_PATHS.map((path) => ({
            byteMatchStatement: {
                ...path,
                fieldToMatch: { uriPath: {} },
                textTransformations: [{ priority: 0, type: "NORMALIZE_PATH" }],
            },
        })),
    },
};

const both = (one: Scope, other: Scope | undefined): Scope =>
    other === undefined ? one : { andStatement: { statements: [one, other] } };
