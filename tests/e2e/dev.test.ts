import { appendFileSync } from "node:fs";
import path from "node:path";
import { DescribeClustersCommand, ECSClient, ListTaskDefinitionsCommand } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { expectAllowed, withinBoundary } from "./deploy-role";
import { needsEngine, TestStack } from "./engine";

/** `Pulumi.dev.yaml` of the repository, through the life of a stack: each step goes on from the one before. */
describe("the dev stack on a real engine", () => {
    let stack: TestStack;

    before(async function () {
        needsEngine(this);
        stack = await TestStack.create("dev", "Pulumi.dev.yaml");
        // A step below adds agents, whose connections are more than a db.t4g.small has left.
        stack.edit([["identity:sharedDatabase"], { instanceClass: "db.t4g.medium" }]);
        withinBoundary(stack);
    });
    after(async () => {
        await stack?.cleanUp();
    });

    it("comes up, in an account with nothing in it", async () => {
        const changes = await stack.up();
        expect(Object.keys(changes)).to.deep.equal(["create"]);
        const outputs = await stack.outputs();
        expect(outputs.didcommUrls!.value.issuer).to.match(/^http:\/\/public-.*:8020$/);
        expect(outputs.didcommUrls!.value.holder).to.match(/^http:\/\/public-.*:8030$/);
        expect(outputs.serviceUrls!.value.hello).to.match(/^https:\/\/public-.*\/service$/);
        expect(outputs.keycloakUrl!.value).to.match(/^https:\/\/public-[^/]*$/);
        expect(outputs.keycloakAdminUrl!.value).to.match(/^https:\/\/internal-admin-[^/]*$|^https:\/\/admin-[^/]*$/);
        expect(outputs.certificateAuthority!.value).to.match(/^-----BEGIN CERTIFICATE-----/);
        expect(outputs.adminUrls!.value.holder).to.match(/^https:\/\/.*:8031$/);
        expect(outputs.secretParameters!.value.issuer.ACAPY_WALLET_KEY).to.equal(
            "/identity/dev/issuer/ACAPY_WALLET_KEY",
        );
        expect(Object.values(outputs).some((output) => output.secret)).to.equal(false);
    });

    it("made databases, load balancers and images side by side", () => {
        const of = (type: string) => [...stack.spans.values()].filter((span) => span.type === type);
        const databases = of("aws:rds/instance:Instance");
        const balancers = of("aws:lb/loadBalancer:LoadBalancer");
        const images = of("docker:index/image:Image");
        expect([databases, balancers, images].map(({ length }) => length)).to.eql([1, 2, 6]);
        const long = [...databases, ...balancers];
        const lastStart = Math.max(...long.map(({ start }) => start));
        const firstEnd = Math.min(...long.map(({ end }) => end));
        expect(lastStart, "all of them begin before any of them ends").to.be.lessThan(firstEnd);
        // The images, which wait for nothing in the network, are begun before the first of them ends as well.
        expect(Math.max(...images.map(({ start }) => start))).to.be.lessThan(firstEnd);
        // A service without a database does not wait for one.
        const hello = [...stack.spans].find(([urn]) => urn.endsWith("aws:ecs/service:Service::hello"))![1];
        expect(hello.start).to.be.lessThan(Math.min(...databases.map(({ end }) => end)));
    });

    it("keeps every secret out of the state's clear text, of task definitions and of the log", async () => {
        const { clear, passwords } = await stack.secrets();
        expect(passwords).to.have.length(10); // the database's master user and four roles, wallet and admin key of two clusters, Keycloak's administrator
        const keys = await stack.privateKeys();
        expect(keys).to.have.length(8); // the authority's, those of two load balancers, of two services, two clusters of agents and of Keycloak
        for (const key of keys) {
            const [, , body = ""] = key.split("\n");
            expect(body).to.match(/^\S{20,}$/);
            for (const text of [clear, stack.log]) expect(text.includes(body), "a key is shown").to.equal(false);
        }
        for (const password of passwords) {
            expect(clear).not.to.contain(password);
            expect(stack.log).not.to.contain(password);
        }
        const definitions = (await stack.resources()).filter((r) => r.type === "aws:ecs/taskDefinition:TaskDefinition");
        expect(definitions).to.have.length(9);
        for (const definition of definitions) {
            for (const password of passwords) expect(JSON.stringify(definition)).not.to.contain(password);
        }
    });

    it("changes nothing when it comes up again", async () => {
        await stack.upUnchanged();
    });

    it("replaces the task definitions and nothing else when the image changes", async () => {
        appendFileSync(path.join(stack.dir, "images", "acapy-agent", "Dockerfile"), "\n# another build\n");
        const steps = await stack.preview();
        // The execution roles' policies are what they were, in the preview as well: the repository is known without the image.
        expect(steps.update?.filter((resource) => !resource.startsWith("aws:ecs/service")).sort()).to.deep.equal([
            "aws:ssm/parameter:Parameter::acapy-agent",
            "docker:index/image:Image::acapy-agent",
        ]);
        expect(replaced(steps)).to.deep.equal(["holder", "issuer"].map((name) => `${TASK_DEFINITION}::${name}`));
        const changes = await stack.up();
        // The image, the count of its builds and the two services.
        expect({ update: changes.update, replace: changes.replace }).to.deep.equal({ update: 4, replace: 2 });
        expect(changes).not.to.have.any.keys("create", "delete");
    });

    it("scales by updating one service", async () => {
        stack.edit([["identity:services", "hello", "count"], 3]);
        await stack.up();
        expect(stack.steps).to.deep.equal({ update: ["aws:ecs/service:Service::hello"] });
    });

    it("lets more agents open more connections", async () => {
        stack.edit([["identity:agents", "issuer"], { count: 3 }]);
        const { update, replace } = await stack.preview();
        expect(update).to.deep.equal(["aws:ecs/service:Service::issuer", ...ROLES_RAN]);
        expect(replace).to.deep.equal([ROLES]);
        stack.edit([["identity:agents", "issuer"], {}]);
    });

    it("would add a zone without replacing or deleting anything that runs", async () => {
        // A preview: moto forgets a subnet group of RDS when it is told to change it. `zone.test.ts` adds one to all the rest.
        stack.edit([["identity:network"], { zones: 3 }]);
        const steps = await stack.preview();
        expect(replaced(steps)).to.deep.equal([ROLES]); // of each there is one more, with its connections
        expect(steps).not.to.have.any.keys("delete");
        expect(steps.create!.filter((resource) => resource.startsWith("aws:ec2/subnet:Subnet")).sort()).to.deep.equal(
            ["isolated", "private", "public"].map((kind) => `aws:ec2/subnet:Subnet::vpc-${kind}-3`),
        );
        expect(steps.update).to.include("aws:rds/subnetGroup:SubnetGroup::shared-db");
        stack.edit([["identity:network"], undefined]);
    });

    /** Secrets of a cluster and of a service that come after the others. */
    const secrets = (length: number) =>
        stack.edit(
            [["identity:agents", "verifier", "secrets"], { ACAPY_MULTITENANT_JWT_SECRET: { generate: { length } } }],
            [["identity:services", "other", "parameters"], { "mail/password": { generate: { length } } }],
        );

    it("adds a cluster of agents, and a TLS service behind the same load balancer, without touching the others", async () => {
        stack.edit(
            [["identity:agents", "verifier"], { count: 1, didcommPort: 8040, adminPort: 8041 }],
            [
                ["identity:services", "other"],
                { build: "images/hello", healthCheckPath: "/service", paths: ["/other/*"] },
            ],
        );
        secrets(32);
        const planned = await stack.preview();
        await stack.up();
        for (const steps of [planned, stack.steps]) {
            // What makes the roles gets one more password and runs, and nothing else changes of what was there.
            const { update, replace } = steps;
            const policy = "aws:iam/rolePolicy:RolePolicy::shared-db-roles-execution";
            expect({ update, replace }).to.deep.equal({ update: [policy, ...ROLES_RAN], replace: [ROLES] });
            expect(steps).not.to.have.any.keys("delete");
            expect(steps.create).to.include.members([
                "aws:ecs/service:Service::verifier",
                "aws:ecs/service:Service::other",
                "aws:lb/listenerRule:ListenerRule::public-/other/*",
            ]);
            expect(steps.create!.filter((resource) => /Image|Database|LoadBalancer::/.test(resource))).to.deep.equal(
                [],
            );
        }
    });

    it("redeploys who reads a secret or a parameter when it changes, and nobody else", async () => {
        secrets(40);
        const planned = await stack.preview();
        await stack.up();
        for (const steps of [planned, stack.steps]) {
            expect(replaced(steps).filter((resource) => resource.startsWith(TASK_DEFINITION))).to.deep.equal([
                `${TASK_DEFINITION}::other`,
                `${TASK_DEFINITION}::verifier`,
            ]);
            expect(replaced(steps).filter((resource) => resource.startsWith("random:"))).to.have.length(2);
            expect(steps.update!.filter((resource) => resource.startsWith("aws:ecs/service"))).to.deep.equal([
                "aws:ecs/service:Service::other",
                "aws:ecs/service:Service::verifier",
            ]);
        }
        expect(await stack.labels("verifier")).to.contain("ACAPY_MULTITENANT_JWT_SECRET=2");
        expect(await stack.labels("other", "app")).to.contain("mail/password=2");
        await stack.upUnchanged();
    });

    it("takes a service away without touching the others", async () => {
        stack.edit([["identity:services", "other"], undefined]);
        await stack.up();
        expect(Object.keys(stack.steps)).to.deep.equal(["delete"]);
    });

    it("fails when ECS went back to the version before, says why, and fails again until it is put right", async () => {
        const environment: (string | number)[] = ["identity:agents", "issuer", "environment"];
        stack.edit([environment, { NOTE: "crashloop" }]);
        for (let attempt = 1; attempt <= 2; attempt++) {
            const error = await stack.up().then(
                () => undefined,
                (e: Error) => e,
            );
            expect(error, `attempt ${attempt}`).to.be.instanceOf(Error);
            expect(stack.log).to.contain("issuer: the new version does not run. ECS went back to identity-dev-issuer:");
            expect(stack.log).to.contain("circuit breaker");
            expect(stack.log).not.to.match(/^\s+at .*\.ts:\d+/m); // no stack trace
        }
        stack.edit([environment, { NOTE: "well" }]);
        expect(await stack.up()).to.include({ replace: 1 });
    });

    it("refuses a broken stack file before anything is touched, with all that is wrong in it", async () => {
        stack.edit([["identity:agents", "issuer", "cpu"], 300], [["identity:agents", "issuer", "adminPrt"], 8021]);
        const error = await stack.up().then(
            () => undefined,
            (e: Error) => e,
        );
        expect(error).to.be.instanceOf(Error);
        expect(stack.log).to.contain("identity:agents.issuer.cpu");
        expect(stack.log).to.contain("did you mean adminPort?");
        expect(stack.log).not.to.match(/^\s+at .*:\d+:\d+/m);
        stack.edit(
            [["identity:agents", "issuer", "cpu"], undefined],
            [["identity:agents", "issuer", "adminPrt"], undefined],
        );
        await stack.upUnchanged();
    });

    it("renews the certificates that it issued when they are due, and redeploys who reads them", async () => {
        const behindEnvoy = ["hello", "holder", "issuer", "keycloak", "sample-api-web", "verifier"];
        const { now } = Date;
        Date.now = () => now() + 100 * 24 * 3600 * 1000;
        try {
            await stack.up();
            const { steps } = stack;
            expect(replaced(steps)).to.deep.equal([
                ...behindEnvoy.map((name) => `${TASK_DEFINITION}::${name}`),
                ...["admin", ...behindEnvoy, "public"]
                    .sort()
                    .map((name) => `tls:index/locallySignedCert:LocallySignedCert::authority-${name}`),
            ]);
            expect(steps).not.to.have.any.keys("create", "delete");
            // The load balancer's is imported in the place of the old one; listener and load balancer do not notice.
            expect(steps.update).to.include("aws:acm/certificate:Certificate::public");
            expect(steps.update!.filter((resource) => /lb\/|privateKey/.test(resource))).to.deep.equal([]);
            expect(await stack.labels("hello", "envoy")).to.equal("TLS_CERTIFICATE=2 TLS_PRIVATE_KEY=1");
            // moto forgets a certificate's tags when another one is imported in its place; ACM keeps them.
            const certificates = ["admin", "public"].map((name) => `aws:acm/certificate:Certificate::${name}`);
            expect(await stack.preview()).to.deep.equal({ update: certificates });
        } finally {
            Date.now = now;
        }
    });

    it("goes without leaving anything", async () => {
        const { passwords } = await stack.secrets();
        const cluster = (await stack.outputs()).clusterName!.value as string;
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        for (const password of passwords) expect(stack.log).not.to.contain(password);
        expect(await stack.resources()).to.deep.equal([]);
        const ecs = new ECSClient({ region: "ap-northeast-1" });
        const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: [cluster] }));
        expect(clusters!.filter(({ status }) => status === "ACTIVE")).to.deep.equal([]);
        // The other tests' stacks are in the same account.
        const { taskDefinitionArns } = await ecs.send(new ListTaskDefinitionsCommand({ status: "ACTIVE" }));
        expect(taskDefinitionArns!.filter((arn) => arn.includes("/identity-dev-"))).to.deep.equal([]);
    });

    it("asked nothing of AWS that its deploy role may not do", async () => {
        await expectAllowed(stack, { region: "ap-northeast-1" });
    });
});

const TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition";
/** The task that makes the roles of the shared database, and the parameters that say with which task definition it ran. */
const ROLES = `${TASK_DEFINITION}::shared-db-roles`;
const ROLES_RAN = ["closed", "made"].map((which) => `aws:ssm/parameter:Parameter::shared-db-${which}`);

/** What a preview would replace, and so delete. */
const replaced = (steps: Record<string, string[]>) => [...(steps.replace ?? [])].sort();
