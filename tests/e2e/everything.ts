import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { CreateSecurityGroupCommand, EC2Client } from "@aws-sdk/client-ec2";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { CreateHostedZoneCommand, Route53Client } from "@aws-sdk/client-route-53";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { CreateWebACLCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { stringify } from "yaml";
import { type EverythingStack, heritageFiles, stackFile, stackKeys } from "../stacks/everything";
import { expectListed, withinBoundary } from "./deploy-role";
import { type Change, needsEngine, TestStack } from "./engine";
import { sleepsAndWakes } from "./sleep";

/** What the stack expects of the account, and what the emulator wants otherwise. */
interface Case {
    /** Parameters that somebody else sets. */
    readonly parameters: readonly string[];
    /** Secrets in Secrets Manager, and public zones, that somebody else made. */
    readonly existing: { readonly secrets: readonly string[]; readonly zones: readonly string[] };
    /** Encrypted values, by their path below `identity:`; one that names a certificate gets its key. */
    readonly secrets: Readonly<Record<string, string>>;
    readonly changes: readonly Change[];
    /** Load balancers, databases, machines and services. */
    readonly counts: readonly [number, number, number, number];
}

/** What the stacks build beside the project's own images. */
const IMAGES = path.join(__dirname, "../stacks/images");

const CASES: Record<EverythingStack, Case> = {
    everything: {
        parameters: [
            "/team/mail/password",
            "/team/mail/key",
            "/identity/everything/issuer/ACAPY_MULTITENANT_JWT_SECRET",
            "/identity/everything/keycloak/SMTP_PASSWORD",
            "/identity/everything/plugins/OTEL_KEY",
            "/identity/everything/orders/STRIPE_KEY",
            "/identity/everything/orders-web/ONLY_HERE",
            "/identity/everything/orders-plugins/OTEL_KEY",
        ],
        existing: { secrets: ["prod/partner"], zones: ["shop.example.com"] },
        secrets: {
            "domain.certificate.privateKey": "*.id.example.org",
            "services.portal.certificate.privateKey": "portal.internal",
            "agents.issuer.secrets.ACAPY_WALLET_KEY.value": "a wallet key of before",
            "plugins.datadog.apiKey.value": "a key of Datadog's",
        },
        // The emulator has no such snapshot.
        changes: [[["identity:services", "portal", "database", "restoreFrom"], undefined]],
        counts: [2, 6, 1, 12],
    },
    "everything-dev": {
        parameters: ["plugins/NRIA_LICENSE_KEY", "reports-plugins/DD_API_KEY", "reports-plugins/NRIA_LICENSE_KEY"].map(
            (name) => `/identity/everything-dev/${name}`,
        ),
        existing: { secrets: [], zones: [] },
        secrets: {},
        changes: [],
        counts: [2, 1, 2, 9],
    },
};

/** moto says of every interface that it has a public address, also of one that is to have none; so here the subnet decides it. */
async function platform(): Promise<unknown> {
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
        type === "aws:ec2/instance:Instance"
            ? { props: { ...props, associatePublicIpAddress: undefined }, opts }
            : undefined,
    );
    const { default: program } = await import("../../index");
    return program();
}

/** A web ACL before the public load balancer. */
async function webAcl(region: string, stack: TestStack): Promise<void> {
    const { Summary } = await new WAFV2Client({ region }).send(
        new CreateWebACLCommand({
            Name: "public",
            Scope: "REGIONAL",
            DefaultAction: { Allow: {} },
            VisibilityConfig: { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: "public" },
        }),
    );
    stack.edit([["identity:publicEndpoint", "webAcl"], Summary!.ARN]);
}

/** One of the stacks, from nothing to nothing. Each has a test file of its own, so that they run side by side. */
export function comesUpAndGoes(name: EverythingStack): void {
    const { parameters, existing, secrets, changes, counts } = CASES[name];
    describe(`the stack ${name} on a real engine`, () => {
        let stack: TestStack;

        before(async function () {
            needsEngine(this);
            const region = stackKeys(name)["aws:region"] as string;
            for (const Name of parameters) {
                const put = new PutParameterCommand({ Name, Value: "set by hand", Type: "SecureString" });
                await new SSMClient({ region }).send(put);
            }
            for (const Name of existing.secrets) {
                const create = new CreateSecretCommand({ Name, SecretString: '{"apiKey":"set by hand"}' });
                await new SecretsManagerClient({ region }).send(create);
            }
            for (const Name of existing.zones) {
                const create = new CreateHostedZoneCommand({ Name, CallerReference: Name });
                await new Route53Client({ region }).send(create);
            }
            stack = await TestStack.create(
                name,
                `tests/stacks/Pulumi.${name}.yaml`,
                platform,
                "tests/stacks/heritages",
            );
            const { text, keys } = stackFile(name);
            stack.write(`Pulumi.${name}.yaml`, text);
            for (const file of readdirSync(IMAGES))
                stack.write(`images/${file}`, readFileSync(path.join(IMAGES, file), "utf8"));
            withinBoundary(stack);
            const keyOf = (dotted: string) => [`identity:${dotted.split(".")[0]}`, ...dotted.split(".").slice(1)];
            stack.edit(...changes, ...Object.keys(secrets).map((at): Change => [keyOf(at), undefined]));
            // The emulator makes no nodes of a Redis, off which the provider reads what it has made: so reports goes without one.
            const { uses, ...reports } = heritageFiles().reports as { uses: Record<string, unknown> };
            const { cache: _, ...others } = uses;
            stack.write("heritages/reports.yml", stringify({ ...reports, uses: others }));
            stack.write("heritages/press.yml", stringify(heritageFiles().press));
            if (name === "everything") {
                await webAcl(region, stack);
                const group = new CreateSecurityGroupCommand({ GroupName: "office", Description: "The office" });
                const { GroupId } = await new EC2Client({ region }).send(group);
                stack.edit([["identity:adminEndpoint", "allowedSecurityGroupIds"], [GroupId]]);
                stack.write(
                    "heritages/orders.yml",
                    stringify(heritageFiles().orders).replaceAll(/sg-[0-9a-f]{17}/g, GroupId!),
                );
            }
            for (const [at, value] of Object.entries(secrets)) await stack.encrypt(at, keys[value] ?? value);
        });
        after(async () => {
            await stack?.cleanUp();
        });

        it("comes up", async () => {
            expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
            const resources = await stack.resources();
            const count = (type: string) => resources.filter((resource) => resource.type === type).length;
            expect([
                count("aws:lb/loadBalancer:LoadBalancer"),
                count("aws:rds/instance:Instance"),
                count("aws:ec2/instance:Instance"),
                count("aws:ecs/service:Service"),
            ]).to.deep.equal(counts);
        });

        it("changes nothing when it comes up again", async () => {
            await stack.upUnchanged();
        });

        if (stackKeys(name).schedule) {
            it("sleeps, refuses an update meanwhile, and is as it was when it is awake", async () => {
                await sleepsAndWakes(stack, stackKeys(name)["aws:region"] as string);
            });
        }

        it("goes without leaving anything", async () => {
            if (name === "everything") {
                stack.edit([["identity:protect"], false]);
                await stack.up();
            }
            expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
            expect(await stack.resources()).to.deep.equal([]);
        });

        it("asked nothing of AWS that its deploy role may not do, and changed nothing by an action that is not listed", async () => {
            const {
                "aws:region": region,
                domain,
                domains = [],
            } = stackKeys(name) as {
                "aws:region": string;
                domain?: { name: string };
                domains?: { name: string }[];
            };
            const others = parameters.filter((parameter) => parameter.startsWith("/team/"));
            await expectListed(stack, {
                region,
                domains: [...(domain ? [domain] : []), ...domains].map((one) => one.name),
                parameters: others,
            });
        });
    });
}
