import {
    DescribeServicesCommand,
    DescribeTaskDefinitionCommand,
    ECSClient,
    UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { RDSClient } from "@aws-sdk/client-rds";
import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { instanceAt } from "../../automation/commands/database/instance";
import { backupsOf, drillsOf, restoredInstance } from "../../automation/commands/database/restored";
import { whileRestored } from "../../automation/runner/drill";
import { FargateService } from "../../components/fargate-service";
import { SecretStore } from "../../components/secret-store";
import { SharedDatabase } from "../../components/shared-database";
import type { SharedRoleArgs } from "../../components/rds/shared-roles";
import { needsEngine, TestStack } from "./engine";
import { smallVpc } from "./network";
import { failed } from "./heritage";

const REGION = "ap-northeast-1";
const IMAGE = `example.com/app@sha256:${"a".repeat(64)}`;
const of = (database: string): SharedRoleArgs => ({ database, connections: 15 });

/** One instance, with a service for each role; the components one by one, as in anybody's program. */
describe("a shared database on a real engine", () => {
    let stack: TestStack;
    let rotation = 0;
    let roles: Record<string, SharedRoleArgs> = {
        keycloak: of("keycloak"),
        news: of("news"),
        shop: of("shop"),
        wallet_issuer: { connections: 20 },
    };

    const program = async () => {
        const vpc = smallVpc(REGION, "shared.internal");
        const cluster = new aws.ecs.Cluster("apps");
        const shared = new SharedDatabase("shared-db", {
            cluster,
            vpc,
            secrets: new SecretStore("secrets"),
            image: IMAGE,
            roles,
            rotation,
            engineVersion: "17",
            instanceClass: "db.t4g.small",
            storageGiB: 20,
            maxStorageGiB: 100,
            multiAz: false,
            backupDays: 7,
            logRetentionDays: 14,
        });
        const services = Object.keys(roles).map((role) => {
            const { host, user, secret, clientsGroupId } = shared.login(role);
            const app = { image: IMAGE, user: "1000", environment: { DB_HOST: host, DB_USER: user } };
            return new FargateService(role.replace("_", "-"), {
                cluster,
                vpc,
                cpu: 256,
                memory: 512,
                count: 1,
                securityGroupIds: [clientsGroupId],
                containers: { app: { ...app, secrets: { DB_PASSWORD: secret } } },
            });
        });
        shared.closeAfter(services.map(({ serviceName }) => serviceName));
    };

    before(async function () {
        needsEngine(this);
        stack = await TestStack.create("shared", "Pulumi.dev.yaml", program);
    });
    after(async () => {
        await stack?.cleanUp();
    });

    /** The task definition that a parameter has. */
    const ran = async (which: string) => {
        const Name = `/identity/shared/shared-db/${which}`;
        return (await new SSMClient({ region: REGION }).send(new GetParameterCommand({ Name }))).Parameter!.Value!;
    };
    const planOf = async (taskDefinition: string) => {
        const asked = new DescribeTaskDefinitionCommand({ taskDefinition });
        const [container] = (await new ECSClient({ region: REGION }).send(asked)).taskDefinition!.containerDefinitions!;
        const plan = container!.environment!.find(({ name }) => name === "ROLES")!.value!;
        return (JSON.parse(plan) as { role: string }[]).map(({ role }) => role);
    };
    /** How often the task ran in the last `up`. */
    const runs = () => new Set(stack.log.match(/shared-db: roles: task [\w-]+ was started/g)).size;
    const SERVICE = "aws:ecs/service:Service::";

    it("comes up with four databases: roles first, then services, and then all is closed", async () => {
        expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
        expect(runs()).to.equal(2);
        expect(await ran("closed")).to.equal(await ran("made"));
        expect(await planOf(await ran("made"))).to.deep.equal(["keycloak", "news", "shop", "wallet_issuer"]);
        expect(Object.keys(await stack.preview())).to.deep.equal([]);
    });

    it("gets one more and loses another one, on the same instance", async () => {
        const { news: _, ...kept } = roles;
        roles = { ...kept, audit: of("audit") };
        await stack.up();
        const { create = [], delete: gone = [], update = [], replace = [] } = stack.steps;
        expect(create).to.include(`${SERVICE}audit`);
        expect(gone).to.include(`${SERVICE}news`);
        expect([...update, ...replace, ...gone].filter((step) => step.startsWith("aws:rds"))).to.deep.equal([]);
        expect(update.filter((step) => step.startsWith(SERVICE))).to.deep.equal([]); // who stays does not notice
        expect(runs()).to.equal(2);
        expect(await planOf(await ran("made"))).to.deep.equal(["audit", "keycloak", "shop", "wallet_issuer"]);
    });

    it("gives its services another user in a rotation, once that one is there", async () => {
        rotation = 1;
        const ecs = new ECSClient({ region: REGION });
        const { outputs } = (await stack.resources()).find(({ urn }) => urn.endsWith(`${SERVICE}shop`))!;
        const shop = { cluster: String(outputs!.cluster), service: String(outputs!.name) };
        await ecs.send(new UpdateServiceCommand({ ...shop, desiredCount: 0 }));
        const count = async () =>
            (await ecs.send(new DescribeServicesCommand({ ...shop, services: [shop.service] }))).services![0]!
                .desiredCount;
        await stack.up();
        const { update = [], replace = [], delete: gone = [], create = [] } = stack.steps;
        expect(create.filter((step) => step.startsWith("aws:ssm"))).to.have.length(3); // one for each that owns a database
        expect([...gone, ...replace].filter((step) => /aws:(ssm|rds|ecs\/service)/.test(step))).to.deep.equal([]);
        expect(update.filter((step) => step.startsWith(SERVICE))).to.have.members(
            ["audit", "keycloak", "shop"].map((name) => SERVICE + name),
        );
        // The task has run before the first service changes.
        const ranAt = stack.log.lastIndexOf("shared-db: roles: task");
        expect(ranAt).to.be.greaterThan(-1);
        expect(await planOf(await ran("made"))).to.deep.equal(["audit", "keycloak", "shop", "wallet_issuer"]);
        // Tasks that `npx identity database save` has stopped stay so in this `up`, and the next one would start them.
        expect(await count()).to.equal(0);
        await stack.up();
        expect(stack.steps).to.deep.equal({ update: [`${SERVICE}shop`] });
        expect(await count()).to.equal(1);
        expect(Object.keys(await stack.preview())).to.deep.equal([]);
    });

    it("has its newest backup brought up beside it, reached as it is itself, and deleted again", async () => {
        const rds = new RDSClient({ region: REGION });
        const { outputs } = (await stack.resources()).find(({ urn }) => urn.includes("aws:rds/instance:Instance::"))!;
        const source = await instanceAt(rds, String(outputs!.address));
        const identifier = source.DBInstanceIdentifier!;
        const [backup] = await backupsOf(rds, identifier);
        expect(backup!.SnapshotType).to.equal("automated");
        const signal = new AbortController().signal;
        const around = { say: () => undefined, signal, pollMilliseconds: 50 };
        const drill = (work: (name: string) => void) =>
            whileRestored(restoredInstance(rds, { source, backup: backup! }, around), around.say, async (restored) => {
                expect(restored.DBInstanceStatus).to.equal("available");
                expect(restored.Endpoint!.Address).not.to.equal(source.Endpoint!.Address);
                expect(restored.StorageEncrypted).to.equal(true);
                for (const key of ["DBInstanceClass", "EngineVersion", "KmsKeyId", "PubliclyAccessible"] as const)
                    expect(restored[key], key).to.equal(source[key]);
                for (const key of ["DBParameterGroups", "VpcSecurityGroups", "DBSubnetGroup"] as const)
                    expect(restored[key], key).to.deep.equal(source[key]);
                work(restored.DBInstanceIdentifier!);
                expect(await drillsOf(rds, identifier)).to.deep.equal([restored.DBInstanceIdentifier]);
            });
        const took = await drill((name) => expect(name).to.match(new RegExp(`^${identifier}-drill-\\d{14}$`)));
        expect(Object.keys(took)).to.deep.equal(["restored", "asked", "deleted"]);
        const broken = drill(() => {
            throw new Error("no row");
        });
        expect(await broken.catch(({ message }: Error) => message)).to.equal("no row");
        expect(await drillsOf(rds, identifier)).to.deep.equal([]);
        expect((await instanceAt(rds, source.Endpoint!.Address!)).DBInstanceStatus).to.equal("available");
        expect(Object.keys(await stack.preview())).to.deep.equal([]);
    });

    it("stays as it was where the task fails, and says why", async () => {
        const before = [await ran("made"), await ran("closed")];
        const was = roles;
        roles = { ...roles, crashloop: of("crashloop"), shop: { ...of("shop"), connections: 10 } };
        await failed(stack.up());
        expect(stack.log).to.contain("shared-db: roles failed; the services stay as they were");
        const { create = [], update = [], delete: gone = [] } = stack.steps;
        expect([...create, ...update, ...gone].filter((step) => step.startsWith(SERVICE))).to.deep.equal([]);
        expect([await ran("made"), await ran("closed")]).to.deep.equal(before);
        roles = was;
        await stack.up();
        expect(await planOf(await ran("made"))).to.deep.equal(["audit", "keycloak", "shop", "wallet_issuer"]);
    });

    it("goes without leaving anything", async () => {
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        expect(await stack.resources()).to.deep.equal([]);
    });
});
