import { expect } from "chai";
import { emulation } from "../../../components/container-image/emulation";
import { boundary } from "../../../automation/bootstrap/boundary";
import { boundaryArn, type StackName } from "../../../automation/bootstrap/names";
import { renderFindings } from "../../../automation/runner/findings";
import { imagesToBuild, preflight } from "../../../automation/runner/preflight";
import { countedQuotas, judgeQuotas, toBeCreated } from "../../../automation/runner/quotas";
import { known, asCommandError } from "../../../automation/runner/errors";
import { LINKED_ROLES } from "../../../automation/bootstrap/linked-roles";
import { readConfig } from "../../../config/load";
import type { StackFile } from "../../../automation/plan/stack-file";
import type { PlannedStack } from "../../../automation/plan/plan-stack";
import { handedOver } from "../../config/support";

const FILE = { project: "identity", stack: "dev", file: "Pulumi.dev.yaml", config: { "aws:region": "eu-west-1" } };
/** What `docker buildx inspect` says on a machine that emulates nothing. */
const BUILDX =
    "Name: default\nDriver: docker\n\nNodes:\nName:      default\nPlatforms: linux/amd64, linux/amd64/v2, linux/386\n";
const EIP = { type: "aws:ec2/eip:Eip" };
const VPC = { type: "aws:ec2/vpc:Vpc" };

/** Answers by the name of what is asked, an error among them; what has no answer is refused. */
const aws = (answers: Record<string, unknown>) => {
    const client = {
        send: (command: { constructor: { name: string } }) => {
            const { name } = command.constructor;
            const answer = answers[name];
            if (answer instanceof Error) return Promise.reject(answer);
            if (answer !== undefined) return Promise.resolve(answer);
            return Promise.reject(Object.assign(new Error("not allowed"), { name: "AccessDeniedException" }));
        },
    };
    const all = { sts: client, ec2: client, quotas: client, ssm: client, ecr: client, route53: client, iam: client };
    return () => Promise.resolve(all as never);
};
const check = (
    answers: Record<string, unknown>,
    {
        config = {},
        resources = [] as object[],
        services = [] as object[],
        secrets = [] as object[],
        yaml = "",
        docker = true,
    } = {},
) =>
    preflight(
        { ...FILE, config: { ...FILE.config, ...config } } as unknown as StackFile,
        {
            planned: { resources, model: { services, secrets } } as unknown as PlannedStack,
            config: yaml ? readConfig(handedOver(yaml), "identity", () => false).config! : undefined,
            there: [],
        },
        aws(answers),
        {
            runs: () => Promise.resolve(docker),
            emulation: (platform, images) => emulation(platform, images, () => Promise.resolve(BUILDX)),
        },
    );
const ME = { GetCallerIdentityCommand: { Account: "111111111111" } };

describe("the preflight", () => {
    it("finds nothing where all is well, and asks for no more than it has to", async () => {
        expect(await check(ME)).to.deep.equal({ findings: [], notes: [], account: "111111111111" });
    });

    it("reports all problems at once, each with its remedy", async () => {
        const image = {
            type: "docker:index/image:Image",
            name: "hello",
            inputs: { imageName: "r:0123456789abcdef-1", build: { context: "images/hello", platform: "linux/amd64" } },
        };
        const yaml =
            "aws:region: eu-west-1\nenvironment: dev\n" +
            "services: { posts: { image: r@sha256:" +
            "0".repeat(64) +
            ", healthCheckPath: /, paths: [/], " +
            "secrets: { API_TOKEN: { set: {} }, KEY: { parameter: /team/key } } } }\n";
        const answers = {
            ...ME,
            GetParametersCommand: { Parameters: [] },
            DescribeSecurityGroupsCommand: {},
            GetServiceQuotaCommand: { Quota: { Value: 5 } },
            DescribeAddressesCommand: { Addresses: [{}, {}, {}, {}, {}] },
            DescribeVpcsCommand: { Vpcs: [{}] },
            DescribeAvailabilityZonesCommand: {
                AvailabilityZones: ["a", "b"].map((zone) => ({ ZoneName: `eu-west-1${zone}`, State: "available" })),
            },
            GetAuthorizationTokenCommand: {},
            GetParameterCommand: { Parameter: { Value: "ami-1" } },
        };
        const { findings } = await check(answers, { resources: [image, EIP, VPC], yaml, docker: false });
        const text = renderFindings(findings);
        expect(findings).to.have.length(4);
        expect(text).to.contain("Docker does not answer, and images have to be built: hello");
        expect(text).to.contain("npx identity secrets set posts API_TOKEN --stack dev");
        expect(text).to.contain("SSM has no parameter /team/key (eu-west-1), which posts reads as KEY");
        expect(text).to.contain("Elastic IPs: the stack needs 1 more in eu-west-1, of 5 the account has 5 in use");
        expect(text).not.to.contain("VPCs");
        expect(Math.max(...text.split("\n").map((line) => line.length))).to.be.most(100);
    });

    it("tells which parameters the permissions boundary keeps from tasks, and whether there is one", async () => {
        const stack: StackName = { name: "dev", region: "eu-west-1", parameters: ["/team/mail/*"] };
        const account = { id: "111111111111", partition: "aws", region: "eu-west-1", project: "identity" };
        const config = { "identity:permissionsBoundary": boundaryArn(account, "dev") };
        const readers = [{ service: "posts-web" }];
        const secrets = ["/team/mail/key", "/team/other", "/identity/dev/posts/TOKEN"].map((parameter) => ({
            parameter,
            from: "existing",
            readers,
        }));
        const Parameters = secrets.map(({ parameter: Name }) => ({ Name, Version: 1 }));
        const answers = {
            ...ME,
            GetParametersCommand: { Parameters },
            GetPolicyCommand: { Policy: { DefaultVersionId: "v3" } },
            GetPolicyVersionCommand: {
                PolicyVersion: { Document: encodeURIComponent(boundary(account, stack)) },
            },
        };
        const { findings } = await check(answers, { config, secrets });
        expect(findings.map(({ what }) => what)).to.deep.equal([
            "the permissions boundary does not let tasks read /team/other: what reads it would not start",
        ]);
        expect(findings[0]!.fix).to.contain("npx identity bootstrap --repository OWNER/NAME --stack dev");
        // Of before, when it let every parameter of others in.
        const old = JSON.stringify({ Statement: { Effect: "Allow", Action: ["ssm:GetParameters"], Resource: "*" } });
        const before = {
            ...answers,
            GetPolicyVersionCommand: { PolicyVersion: { Document: encodeURIComponent(old) } },
        };
        expect((await check(before, { config, secrets })).findings).to.deep.equal([]);
        // Whoever may not look at it deploys all the same.
        const { GetPolicyCommand: _, ...blind } = answers;
        expect((await check(blind, { config, secrets })).findings).to.deep.equal([]);
    });

    it("stops at missing credentials or those of another account, and asks nothing else", async () => {
        const none = await check({});
        expect(none.findings).to.have.length(1);
        expect(none.findings[0]).to.include({ blind: true });
        expect(none.findings[0]!.what).to.contain(
            "whose the credentials are cannot be looked up: AWS does not allow it",
        );
        const config = { "aws:allowedAccountIds": '["222222222222"]' };
        const other = await check(ME, { config, resources: [EIP] });
        expect(other.findings).to.have.length(1);
        expect(other.findings[0]).to.include({ blind: true });
        expect(other.findings[0]!.what).to.contain("111111111111; the stack expects 222222222222");
    });

    it("notes the missing service-linked roles that the stack uses", async () => {
        const resources = [{ type: "aws:ecs/cluster:Cluster" }, { type: "aws:rds/instance:Instance" }];
        const missing = Object.assign(new Error("none"), { name: "NoSuchEntityException" });
        const { findings, notes } = await check({ ...ME, GetRoleCommand: missing }, { resources });
        expect(findings).to.deep.equal([]);
        expect(notes).to.have.length(2);
        const ecs = notes.find((note) => note.includes("AWSServiceRoleForECS"));
        expect(ecs).to.contain("aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com");
        expect(notes.join("\n")).to.contain("AWSServiceRoleForRDS");
        // Whoever may not ask IAM is not bothered with what is not known.
        for (const answers of [ME, { ...ME, GetRoleCommand: {} }]) {
            expect((await check(answers, { resources })).notes).to.deep.equal([]);
        }
        expect(new Set(LINKED_ROLES.map(({ service }) => service)).size).to.equal(LINKED_ROLES.length);
    });

    it("stops at fewer vCPUs of Fargate than the stack runs, on demand and on Spot", async () => {
        const services = [
            { name: "a", cpu: 512, tasks: { min: 4, max: 8 } },
            { name: "b", cpu: 2048, tasks: { min: 3, max: 3 } },
        ];
        const spot = { capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] };
        const resources = [{ type: "aws:ecs/service:Service", name: "b", inputs: spot }];
        const limit = (Value: number) =>
            check({ ...ME, GetServiceQuotaCommand: { Quota: { Value } } }, { services, resources });
        const { findings } = await limit(1);
        expect(findings.map(({ what }) => what)).to.deep.equal([
            "vCPUs of Fargate: the stack runs 2 in eu-west-1, and the account may have 1",
            "vCPUs of Fargate Spot: the stack runs 6 in eu-west-1, and the account may have 1",
        ]);
        expect(findings[0]!.fix).to.contain("--service-code fargate --quota-code L-3032A538 --desired-value 4");
        expect(findings[1]!.fix).to.contain("--service-code fargate --quota-code L-36FBB829 --desired-value 12");
        const between = await limit(6);
        expect(between.findings).to.deep.equal([]);
        expect(between.notes).to.have.length(1);
        expect(between.notes[0]).to.contain(
            "a deployment of everything takes 12 in eu-west-1, and the account may have 6",
        );
        expect(await limit(12)).to.deep.include({ findings: [], notes: [] });
    });

    it("stops at fewer rules of EventBridge or databases than the stack has, and asks for no quota that every account has", async () => {
        const rules = (count: number) =>
            Array.from({ length: count }, () => ({ type: "aws:cloudwatch/eventRule:EventRule" }));
        const answers = { ...ME, GetServiceQuotaCommand: { Quota: { Value: 300 } } };
        const { findings } = await check(answers, { resources: rules(301) });
        expect(findings.map(({ what }) => what)).to.deep.equal([
            "EventBridge rules: the stack has 301 in eu-west-1, and the account may have 300",
        ]);
        expect(findings[0]!.fix).to.contain("--service-code events --quota-code L-244521F2 --desired-value 301");
        expect(await check(answers, { resources: rules(300) })).to.deep.include({ findings: [], notes: [] });
        expect((await check(ME, { resources: rules(101) })).notes).to.have.length(1); // it may not be read
        expect((await check(ME, { resources: rules(100) })).notes).to.deep.equal([]);
        const databases = Array.from({ length: 41 }, () => ({ type: "aws:rds/instance:Instance" }));
        const few = { ...ME, GetServiceQuotaCommand: { Quota: { Value: 40 } } };
        expect((await check(few, { resources: databases })).findings.map(({ what }) => what)).to.deep.equal([
            "databases of RDS: the stack has 41 in eu-west-1, and the account may have 40",
        ]);
        expect(await check(few, { resources: databases.slice(1) })).to.deep.include({ findings: [], notes: [] });
    });

    it("refuses images for processors that Docker does not run, all of them in one line", async () => {
        const image = (name: string, platform: string) => ({
            type: "docker:index/image:Image",
            name,
            inputs: { imageName: `r:0123456789abcdef-${name}`, build: { context: `images/${name}`, platform } },
        });
        const resources = [
            image("envoy", "linux/arm64"),
            image("hello", "linux/amd64"),
            image("keycloak", "linux/arm64"),
        ];
        const { findings } = await check(ME, { resources });
        expect(findings).to.have.length(1);
        expect(findings[0]!.what).to.equal(
            "envoy, keycloak: to be built for linux/arm64, and this machine's Docker runs linux/amd64 alone",
        );
        expect(findings[0]!.fix).to.contain("binfmt --install arm64").and.contain("architecture: x86_64");
    });

    it("builds images whose folder has changed", () => {
        const image = (imageName: string) => ({
            type: "docker:index/image:Image",
            name: "hello",
            urn: "",
            inputs: { imageName },
        });
        expect(imagesToBuild([image("a:0123456789abcdef-2")], [image("b.ecr:0123456789abcdef-2")])).to.deep.equal([]);
        const other = image("a:fedcba9876543210-1");
        expect(imagesToBuild([other], [image("b.ecr:0123456789abcdef-2")])).to.deep.equal([other]);
    });
});

describe("quotas", () => {
    const needed = toBeCreated([EIP, EIP, EIP, VPC], [EIP, VPC]);
    const limits = (addresses?: number) => new Map([["L-0263D0A3", addresses]]);

    it("count the stack's existing resources", () => {
        expect([needed(EIP.type), needed(VPC.type)]).to.deep.equal([2, 0]);
        expect(
            judgeQuotas(countedQuotas(needed, { addresses: 3, vpcs: 9 }), limits(5), "eu-west-1").findings,
        ).to.deep.equal([]);
        const [finding] = judgeQuotas(
            countedQuotas(needed, { addresses: 4, vpcs: 9 }),
            limits(5),
            "eu-west-1",
        ).findings;
        expect(finding!.fix).to.contain(
            "--service-code ec2 --quota-code L-0263D0A3 --desired-value 6 --region eu-west-1",
        );
    });

    it("that may not be read are a note", () => {
        for (const [inUse, limit] of [[undefined, 5] as const, [{ addresses: 4, vpcs: 0 }, undefined] as const]) {
            const { findings, notes } = judgeQuotas(countedQuotas(needed, inUse), limits(limit), "eu-west-1");
            expect(findings).to.deep.equal([]);
            expect(notes).to.have.length(1);
        }
    });
});

describe("what the Pulumi CLI says", () => {
    it("is reported with its remedy", () => {
        for (const [text, remedy] of [
            ["error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions", "pulumi login"],
            ["error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or …", "set PULUMI_CONFIG_PASSPHRASE"],
            ["error: getting secrets manager: incorrect passphrase", "is not the passphrase of this stack"],
            ["error: secrets (code=PermissionDenied): AccessDeniedException: kms:Decrypt", "kms:Decrypt"],
        ] as const) {
            const { what, fix } = known(text)!;
            expect(`${what} ${fix}`, text).to.contain(remedy);
        }
        expect(known("error: something else")).to.equal(undefined);
        const mine = new Error("a mistake in here");
        expect(asCommandError(mine)).to.equal(mine);
    });
});
