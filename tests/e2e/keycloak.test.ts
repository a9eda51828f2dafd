import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import { DescribeRulesCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import * as aws from "@pulumi/aws";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { needsEngine, TestStack } from "./engine";

const SERVICE = "aws:ecs/service:Service::keycloak";

/** Keycloak alone in a stack with a domain, from one version to the next: each step goes on from the one before. */
describe("Keycloak on a real engine", () => {
    let stack: TestStack;
    let account: Stack;
    let database: unknown;

    before(async function () {
        needsEngine(this);
        account = await LocalWorkspace.createOrSelectStack({
            stackName: "keycloak-account",
            projectName: "account",
            program: async () => new aws.route53.Zone("zone", { name: "example.net" }),
        });
        await account.setConfig("aws:region", { value: "ap-northeast-1" });
        await account.up();
        stack = await TestStack.create("auth", "Pulumi.dev.yaml");
        stack.edit(
            [["identity:agents"], { issuer: { webSocketPort: 8022, tls: false } }],
            [["identity:services"], undefined],
            [["identity:heritages"], undefined],
            [["identity:walletDb"], undefined],
            [["identity:sharedDatabase"], undefined],
            [["identity:publicEndpoint"], undefined],
            [["identity:domain"], { name: "id.example.net", zone: "example.net" }],
            [["identity:keycloak"], { version: "26.6.3", tls: false }],
        );
    });
    after(async () => {
        await stack?.cleanUp();
        await account?.destroy();
    });

    const version = (text: string) => stack.edit([["identity:keycloak", "version"], text]);
    const running = async (which = "running") =>
        (await stack.resources()).find((r) => r.urn.endsWith(`Parameter::keycloak-version-${which}`))!.outputs!
            .insecureValue;
    const deployment = async () => {
        const { outputs } = (await stack.resources()).find((r) => r.urn.endsWith(SERVICE))!;
        const { enable, rollback } = outputs!.deploymentCircuitBreaker as Record<string, boolean>;
        const { deploymentMinimumHealthyPercent: least, deploymentMaximumPercent: most } = outputs!;
        return [least, most, enable, rollback, (await stack.outputs()).keycloakDeployment!.value];
    };
    /** What is there, whatever the state says. */
    const inAws = async () => {
        const { outputs } = (await stack.resources()).find((r) => r.urn.endsWith(SERVICE))!;
        const { services } = await new ECSClient({ region: "ap-northeast-1" }).send(
            new DescribeServicesCommand({ cluster: String(outputs!.cluster), services: [String(outputs!.name)] }),
        );
        const { minimumHealthyPercent, maximumPercent } = services![0]!.deploymentConfiguration!;
        return [minimumHealthyPercent, maximumPercent];
    };
    const ROLLING = [100, 200, true, true, "rolling"];
    const REPLACE = [0, 100, true, false, "replace"];
    /** Every step of this file leaves the database what it was. */
    const sameDatabase = async () => {
        const { outputs } = (await stack.resources()).find((r) => r.urn.endsWith("Instance::keycloak-db"))!;
        database ??= outputs!.resourceId;
        expect(outputs!.resourceId).to.equal(database);
    };

    it("comes up by itself, and again without a change", async () => {
        expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
        const { keycloakUrl, keycloakAdminUrl, secretParameters } = await stack.outputs();
        expect(keycloakUrl!.value).to.equal("https://auth.id.example.net");
        expect(keycloakAdminUrl!.value).to.equal("https://auth.internal.id.example.net");
        expect(secretParameters!.value.keycloak.KC_BOOTSTRAP_ADMIN_PASSWORD).to.equal(
            "/identity/auth/keycloak/KC_BOOTSTRAP_ADMIN_PASSWORD",
        );
        expect(await deployment()).to.deep.equal(ROLLING);
        expect([await running("begun"), await running()]).to.deep.equal(["26.6.3", "26.6.3"]);
        await sameDatabase();
        await stack.upUnchanged();
    });

    it("rolls to another patch version", async () => {
        version("26.6.4");
        await stack.up();
        expect(stack.steps.replace).to.deep.equal(["aws:ecs/taskDefinition:TaskDefinition::keycloak"]);
        expect(stack.steps.delete).to.equal(undefined);
        expect(await deployment()).to.deep.equal(ROLLING);
        expect(await running()).to.equal("26.6.4");
        await sameDatabase();
    });

    it("replaces every node for another minor version, and says so before", async () => {
        version("26.7.3");
        await stack.preview();
        expect(stack.log).to.match(/26\.6\.4.*26\.7\.3.*every node stops/s);
        await stack.up();
        expect(await deployment()).to.deep.equal(REPLACE);
        // No longer than it was needed: a node that ECS finds unwell must not be stopped before another one is there.
        expect(await inAws()).to.deep.equal([100, 200]);
        expect(await running()).to.equal("26.7.3");
        await sameDatabase();
        // The next one finds the same version, and rolls again: the service alone, and no new tasks.
        await stack.up();
        expect(stack.steps).to.deep.equal({ update: [SERVICE] });
        expect(await deployment()).to.deep.equal(ROLLING);
        await stack.upUnchanged();
    });

    it("refuses to go back to a version that the database is too new for", async () => {
        version("26.6.4");
        // The Automation API's `up` has no preview before it.
        for (const operation of [() => stack.preview(), () => stack.up()]) {
            const error = await operation().catch((e: Error) => e);
            expect(error).to.be.instanceOf(Error);
            expect(stack.log).to.contain("keycloak: 26.6.4 cannot follow 26.7.3");
        }
        expect([await running("begun"), await running()]).to.deep.equal(["26.7.3", "26.7.3"]);
        version("26.7.3");
        // An image that was built before the refusal is counted: the next one is another image, and rolls. Which of the two comes
        // first is open.
        await stack.up();
        const definition = ["aws:ecs/taskDefinition:TaskDefinition::keycloak"];
        expect(stack.steps.replace ?? definition).to.deep.equal(definition);
        expect(stack.steps.delete).to.equal(undefined);
        expect(await deployment()).to.deep.equal(ROLLING);
        await sameDatabase();
    });

    it("gets TLS up to its nodes in two steps, as agents do, and has targets in each moment", async () => {
        const TARGETS = "aws:lb/targetGroup:TargetGroup::";
        const names = ["admin-issuer", "admin-keycloak", "public-issuer", "public-keycloak"];
        const encrypted = names.map((name) => `${TARGETS}${name}-tls`);
        const plain = [...names, "public-issuer-ws"].map((name) => TARGETS + name).sort();
        const targetGroups = ({ create = [], delete: gone = [] }: Record<string, string[]>) => ({
            made: create.filter((urn) => urn.startsWith(TARGETS)).sort(),
            gone: gone.filter((urn) => urn.startsWith(TARGETS)).sort(),
        });
        /** What the up asked AWS for, of load balancers and a cluster's service, in this order. */
        const asked = async () => {
            const from = stack.requests.length;
            await stack.up();
            const requests = stack.requests.slice(from);
            return (cluster: string) =>
                requests
                    .filter(({ action, text }) => {
                        if (/:DeleteTargetGroup$/.test(action)) return true;
                        if (/:UpdateService$/.test(action)) return text.includes(cluster);
                        // The rule's target groups have names that begin with the cluster's.
                        return /:ModifyRule$/.test(action) && text.includes(`targetgroup/${cluster.slice(0, 6)}`);
                    })
                    .map(({ action }) => action);
        };
        /** Containers and ports that the service has in target groups, and the groups' protocols. */
        const inService = async (protocols: Record<string, string>, cluster: string) => {
            const urn = SERVICE.replace("keycloak", cluster);
            const { outputs } = (await stack.resources()).find((r) => r.urn.endsWith(urn))!;
            const { services } = await new ECSClient({ region: "ap-northeast-1" }).send(
                new DescribeServicesCommand({ cluster: String(outputs!.cluster), services: [String(outputs!.name)] }),
            );
            return services![0]!.loadBalancers!.map(({ containerName, containerPort, targetGroupArn }) =>
                [containerName, containerPort, protocols[targetGroupArn!]].join(" "),
            );
        };
        /** The target groups' protocols of each rule that hands on, with their weights. */
        const handsOn = async (protocols: Record<string, string>) => {
            const elb = new ElasticLoadBalancingV2Client({ region: "ap-northeast-1" });
            const rules = (await stack.resources()).filter(({ type }) => type === "aws:lb/listenerRule:ListenerRule");
            const { Rules } = await elb.send(new DescribeRulesCommand({ RuleArns: rules.map(({ id }) => id!) }));
            return Rules!
                .flatMap(({ Actions }) => Actions!)
                .filter(({ Type }) => Type === "forward")
                .map(({ ForwardConfig, TargetGroupArn }) =>
                    (ForwardConfig?.TargetGroups ?? [{ TargetGroupArn, Weight: 1 }])
                        .map(({ TargetGroupArn: arn, Weight = 1 }) => `${protocols[arn!]} ${Weight}`)
                        .sort(),
                );
        };
        const groups = async () =>
            Object.fromEntries(
                (await stack.resources())
                    .filter(({ type }) => `${type}::` === TARGETS)
                    .map(({ outputs }) => [String(outputs!.arn), String(outputs!.protocol)]),
            );

        const [MODIFY, DELETE] = ["ModifyRule", "DeleteTargetGroup"].map((name) => `elasticloadbalancing:${name}`);
        const UPDATE = "ecs:UpdateService";

        // The service is in new groups beside the old ones, and every request still comes by the old ones.
        stack.edit([["identity:keycloak", "tls"], "both"], [["identity:agents", "issuer", "tls"], "both"]);
        const first = await asked();
        expect(targetGroups(stack.steps)).to.deep.equal({ made: encrypted, gone: [] });
        for (const cluster of ["keycloak", "issuer"]) {
            const requests = first(cluster);
            expect(requests, cluster).to.include.members([MODIFY, UPDATE]).and.not.to.include(DELETE);
            expect(requests.lastIndexOf(MODIFY!), cluster).to.be.lessThan(requests.indexOf(UPDATE));
        }
        const both = await groups();
        expect(await inService(both, "keycloak")).to.have.members([
            "keycloak 8080 HTTP",
            "keycloak 8080 HTTP",
            "envoy 8443 HTTPS",
            "envoy 8443 HTTPS",
        ]);
        expect(await inService(both, "issuer")).to.have.members([
            "agent 8020 HTTP",
            "agent 8021 HTTP",
            "agent 8022 HTTP",
            "envoy 8444 HTTPS",
            "envoy 8443 HTTPS",
        ]);
        const before = await handsOn(both);
        expect(before.length).to.be.greaterThan(1);
        for (const rule of before) expect(rule).to.deep.equal(["HTTP 1", "HTTPS 0"]);
        await stack.upUnchanged();

        // The rules lead to the new groups, which the running nodes are in, before any node goes.
        stack.edit([["identity:keycloak", "tls"], undefined], [["identity:agents", "issuer", "tls"], undefined]);
        const second = await asked();
        expect(targetGroups(stack.steps)).to.deep.equal({ made: [], gone: plain });
        for (const cluster of ["keycloak", "issuer"]) {
            const requests = second(cluster);
            expect(requests, cluster).to.include.members([MODIFY, UPDATE, DELETE]);
            expect(requests.lastIndexOf(MODIFY!), cluster).to.be.lessThan(requests.indexOf(UPDATE));
            expect(requests.lastIndexOf(UPDATE), cluster).to.be.lessThan(requests.indexOf(DELETE!));
        }
        const after = await groups();
        expect(Object.values(after)).to.deep.equal(["HTTPS", "HTTPS", "HTTPS", "HTTPS"]);
        expect(await inService(after, "keycloak")).to.deep.equal(["envoy 8443 HTTPS", "envoy 8443 HTTPS"]);
        expect(await inService(after, "issuer")).to.have.members(["envoy 8444 HTTPS", "envoy 8443 HTTPS"]);
        const handing = await handsOn(after);
        expect(handing).to.have.length(before.length);
        for (const [only, ...others] of handing) {
            expect(others).to.deep.equal([]);
            expect(only).to.match(/^HTTPS /);
        }
        expect(await deployment()).to.deep.equal(ROLLING);
        await stack.upUnchanged();
        await sameDatabase();
    });

    it("changes its name without anything new but the rules, the record and the task definition", async () => {
        stack.edit([["identity:keycloak", "host"], "login"]);
        await stack.up();
        expect((await stack.outputs()).keycloakUrl!.value).to.equal("https://login.id.example.net");
        expect(await deployment()).to.deep.equal(ROLLING);
        await sameDatabase();
    });

    it("rolls for settings of its own, and opens what egress says in the place of what was open", async () => {
        stack.edit(
            [["identity:keycloak", "environment"], { KC_LOG_CONSOLE_OUTPUT: "json", KC_FEATURES: "passkeys" }],
            [["identity:keycloak", "egress"], [{ port: 2525, to: "0.0.0.0/0" }]],
        );
        await stack.up();
        expect(stack.steps.create).to.deep.equal([
            "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule::keycloak-out-tcp-2525-0-0-0-0-0",
        ]);
        expect(stack.steps.update).to.include.members([
            "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule::keycloak-out",
            SERVICE,
        ]);
        expect(stack.steps.replace).to.deep.equal(["aws:ecs/taskDefinition:TaskDefinition::keycloak"]);
        expect(stack.steps.delete).to.equal(undefined);
        expect(await deployment()).to.deep.equal(ROLLING);
        await stack.upUnchanged();
        await sameDatabase();
    });

    it("scales by updating the service", async () => {
        stack.edit([["identity:keycloak", "count"], 3]);
        await stack.up();
        expect(stack.steps).to.deep.equal({ update: [SERVICE] });
    });

    it("gives its database another class by updating it", async () => {
        stack.edit([["identity:keycloak", "database"], { instanceClass: "db.t4g.small" }]);
        await stack.up();
        expect(Object.keys(stack.steps)).to.deep.equal(["update"]);
        expect(stack.steps.update).to.include("aws:rds/instance:Instance::keycloak-db");
        await sameDatabase();
    });

    it("gives its database another major version on a copy, which takes its place", async () => {
        const rds = new RDSClient({ region: "ap-northeast-1" });
        const instances = async () => (await rds.send(new DescribeDBInstancesCommand({}))).DBInstances!;
        const one = async () => {
            const { outputs } = (await stack.resources()).find((r) => r.urn.endsWith("Instance::keycloak-db"))!;
            return {
                identifier: String(outputs!.identifier),
                address: outputs!.address,
                resource: outputs!.resourceId,
            };
        };
        stack.edit([["identity:keycloak", "database", "blueGreen"], true]);
        await stack.up();
        await sameDatabase();
        const before = await one();

        stack.edit([["identity:keycloak", "database", "engineVersion"], "18"]);
        await stack.up();
        const after = await one();
        expect([after.identifier, after.address]).to.deep.equal([before.identifier, before.address]);
        expect(after.resource).not.to.equal(before.resource);
        const [left, ...others] = (await instances()).filter(({ DBInstanceIdentifier: name }) =>
            name!.startsWith(before.identifier),
        );
        expect(others).to.deep.equal([]);
        expect(left).to.deep.include({ DBInstanceIdentifier: before.identifier, DbiResourceId: after.resource });
        expect(left!.EngineVersion).to.match(/^18/);
        expect(left!.DBParameterGroups!.map(({ DBParameterGroupName: name }) => name)).to.have.length(1);
        await stack.upUnchanged();
    });

    it("refuses what is wrong before anything is touched", async () => {
        stack.edit([["identity:keycloak"], { version: "latest", poolSize: 200 }], [["environment"], undefined]);
        const error = (await stack.up().catch((e: Error) => e)) as Error;
        expect(error).to.be.instanceOf(Error);
        expect(stack.log).to.contain("keycloak.version").and.to.contain("keycloak.database.instanceClass");
        expect(stack.log).not.to.match(/^ *[~+-]/m);
    });

    it("goes without leaving anything", async () => {
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        expect(await stack.resources()).to.deep.equal([]);
    });
});
