import { expect } from "chai";
import { WebAcl, type WebAclArgs } from "../../components/web-acl";
import { make, PROJECT, STACK } from "./support";

interface Rule {
    name: string;
    priority: number;
    action?: object;
    overrideAction?: object;
    visibilityConfig: { metricName: string };
    statement: {
        managedRuleGroupStatement?: { name: string; ruleActionOverrides: { name: string; actionToUse: object }[] };
        rateBasedStatement?: { limit: number; scopeDownStatement?: unknown };
    };
}

const webAcl = (args: Partial<WebAclArgs> = {}) =>
    make(() => ({ arn: new WebAcl("public", { logRetentionDays: 30, ...args }).arn }));
const rulesOf = async (args?: Partial<WebAclArgs>) => (await webAcl(args)).inputs("aws.wafv2.WebAcl").rules as Rule[];
const toLogIn = (path: string, positionalConstraint: string) => ({
    byteMatchStatement: {
        searchString: path,
        positionalConstraint,
        fieldToMatch: { uriPath: {} },
        textTransformations: [{ priority: 0, type: "NORMALIZE_PATH" }],
    },
});
const LOG_INS = {
    orStatement: {
        statements: [toLogIn("/login-actions/", "CONTAINS"), toLogIn("/protocol/openid-connect/token", "ENDS_WITH")],
    },
};

describe("WebAcl", () => {
    it("counts what AWS's groups and the limits match, and lets everything pass", async () => {
        const rules = await rulesOf({ logIns: 600 });
        expect(
            rules.map(({ name, priority, visibilityConfig }) => [name, priority, visibilityConfig.metricName]),
        ).to.eql(
            [
                "AWSManagedRulesAmazonIpReputationList",
                "AWSManagedRulesKnownBadInputsRuleSet",
                "AWSManagedRulesCommonRuleSet",
                "requests",
                "log-ins",
            ].map((name, i) => [name, i, name]),
        );
        for (const { action, overrideAction } of rules) expect(action ?? overrideAction).to.deep.equal({ count: {} });
        expect((await webAcl()).inputs("aws.wafv2.WebAcl").defaultAction).to.deep.equal({ allow: {} });
    });

    it("blocks where it is told to, but no request for its size, and not by rules that only count", async () => {
        const rules = await rulesOf({ mode: "block", logIns: 600, countOnly: ["NoUserAgent_HEADER"] });
        expect(rules.map(({ action, overrideAction }) => action ?? overrideAction)).to.deep.equal([
            { none: {} },
            { none: {} },
            { none: {} },
            { block: {} },
            { block: {} },
        ]);
        const overrides = rules.map(({ statement }) => statement.managedRuleGroupStatement?.ruleActionOverrides ?? []);
        expect(overrides.map((some) => some.map(({ name }) => name))).to.deep.equal([
            [],
            [],
            ["NoUserAgent_HEADER", "SizeRestrictions_BODY"],
            [],
            [],
        ]);
        for (const { actionToUse } of overrides.flat()) expect(actionToUse).to.deep.equal({ count: {} });
    });

    it("limits what one address may ask for, and log-ins only where there is somewhere to log in", async () => {
        const limits = async (args?: Partial<WebAclArgs>) =>
            (await rulesOf(args)).flatMap(({ statement: { rateBasedStatement: limit } }) => (limit ? [limit] : []));
        expect(await limits()).to.deep.equal([{ aggregateKeyType: "IP", evaluationWindowSec: 300, limit: 10_000 }]);
        const [requests, logIns] = await limits({ requests: 500, logIns: 20 });
        expect(requests!.limit).to.equal(500);
        expect(logIns).to.include({ limit: 20 });
        expect(logIns!.scopeDownStatement).to.deep.equal(LOG_INS);
    });

    it("counts no requests of addresses that are exempt", async () => {
        const made = await webAcl({ logIns: 20, exemptAddresses: ["192.0.2.1", "192.0.2.2"] });
        const { inputs, outputs } = made.one("aws.wafv2.IpSet");
        expect(inputs.addresses).to.deep.equal(["192.0.2.1/32", "192.0.2.2/32"]);
        const others = { notStatement: { statement: { ipSetReferenceStatement: { arn: outputs.arn } } } };
        const rules = made.inputs("aws.wafv2.WebAcl").rules as Rule[];
        const [requests, logIns] = rules.slice(3).map(({ statement }) => statement.rateBasedStatement!);
        expect(requests!.scopeDownStatement).to.deep.equal(others);
        expect(logIns!.scopeDownStatement).to.deep.equal({ andStatement: { statements: [LOG_INS, others] } });
    });

    it("logs what matched, under the name that WAF writes to, without cookies and authorization", async () => {
        const made = await webAcl();
        expect(made.inputs("aws.cloudwatch.LogGroup")).to.deep.include({
            name: `aws-waf-logs-${PROJECT}-${STACK}-public`,
            retentionInDays: 30,
        });
        const { logDestinationConfigs, redactedFields, loggingFilter, resourceArn } = made.inputs(
            "aws.wafv2.WebAclLoggingConfiguration",
        );
        expect(resourceArn).to.equal(made.one("aws.wafv2.WebAcl").outputs.arn);
        expect(logDestinationConfigs).to.deep.equal([made.one("aws.cloudwatch.LogGroup").outputs.arn]);
        expect(redactedFields).to.deep.equal([
            { singleHeader: { name: "authorization" } },
            { singleHeader: { name: "cookie" } },
        ]);
        expect(loggingFilter).to.deep.include({ defaultBehavior: "DROP" });
    });
});
