import * as ec2 from "@aws-sdk/client-ec2";
import { CreateDBSnapshotCommand, RDSClient } from "@aws-sdk/client-rds";
import { CreateClusterCommand, DescribeClustersCommand, ECSClient } from "@aws-sdk/client-ecs";
import { CreateFileSystemCommand, CreateMountTargetCommand, EFSClient } from "@aws-sdk/client-efs";
import { CreateWebACLCommand, GetWebACLForResourceCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { expect } from "chai";
import { stringify } from "yaml";
import { withinBoundary } from "./deploy-role";
import { needsEngine, TestStack } from "./engine";

const REGION = "ap-northeast-1";

/** A VPC that somebody else keeps: two zones, public and private subnets, one NAT gateway. */
class SomebodysVpc {
    private readonly client = new ec2.EC2Client({ region: REGION });
    vpcId = "";
    readonly publicIds: string[] = [];
    readonly privateIds: string[] = [];
    natAddress = "";
    /** Of the file system's mount targets, and of a database. */
    fileGroup = "";
    databaseGroup = "";

    async make(): Promise<void> {
        const { client } = this;
        const { Vpc } = await client.send(new ec2.CreateVpcCommand({ CidrBlock: "10.99.0.0/16" }));
        const VpcId = (this.vpcId = Vpc!.VpcId!);
        const on = { Value: true };
        await client.send(new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: on }));
        await client.send(new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: on }));
        const { InternetGateway } = await client.send(new ec2.CreateInternetGatewayCommand({}));
        const InternetGatewayId = InternetGateway!.InternetGatewayId!;
        await client.send(new ec2.AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
        for (const [i, zone] of ["a", "c"].entries()) {
            this.publicIds.push(await this.subnet(`10.99.${i}.0/24`, zone, "public"));
            this.privateIds.push(await this.subnet(`10.99.${10 + i}.0/24`, zone, "private"));
        }
        const { AllocationId, PublicIp } = await client.send(new ec2.AllocateAddressCommand({ Domain: "vpc" }));
        this.natAddress = PublicIp!;
        const SubnetId = this.publicIds[0]!;
        const { NatGateway } = await client.send(new ec2.CreateNatGatewayCommand({ SubnetId, AllocationId }));
        await this.routes(this.publicIds, { GatewayId: InternetGatewayId });
        await this.routes(this.privateIds, { NatGatewayId: NatGateway!.NatGatewayId! });
        this.fileGroup = await this.group("files");
        this.databaseGroup = await this.group("database");
    }

    private async group(GroupName: string): Promise<string> {
        const create = new ec2.CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId: this.vpcId });
        return (await this.client.send(create)).GroupId!;
    }

    /** What a stack must leave as it is. */
    async state(): Promise<unknown> {
        const Filters = [{ Name: "vpc-id", Values: [this.vpcId] }];
        const { Vpcs } = await this.client.send(new ec2.DescribeVpcsCommand({ Filters }));
        const { Subnets = [] } = await this.client.send(new ec2.DescribeSubnetsCommand({ Filters }));
        const { RouteTables = [] } = await this.client.send(new ec2.DescribeRouteTablesCommand({ Filters }));
        const { NatGateways = [] } = await this.client.send(new ec2.DescribeNatGatewaysCommand({ Filter: Filters }));
        const { SecurityGroups = [] } = await this.client.send(new ec2.DescribeSecurityGroupsCommand({ Filters }));
        return {
            vpcs: Vpcs,
            subnets: Subnets.map(({ SubnetId, Tags }) => ({ SubnetId, Tags })),
            routes: RouteTables.map(({ RouteTableId, Routes, Tags }) => ({ RouteTableId, Routes, Tags })),
            gateways: NatGateways.map(({ NatGatewayId, State, Tags }) => ({ NatGatewayId, State, Tags })),
            groups: SecurityGroups,
        };
    }

    private async subnet(CidrBlock: string, zone: string, tier: string): Promise<string> {
        const { Subnet } = await this.client.send(
            new ec2.CreateSubnetCommand({ VpcId: this.vpcId, CidrBlock, AvailabilityZone: REGION + zone }),
        );
        const id = Subnet!.SubnetId!;
        const Tags = [{ Key: "Tier", Value: `shared-${tier}` }];
        await this.client.send(new ec2.CreateTagsCommand({ Resources: [id], Tags }));
        return id;
    }

    private async routes(subnets: readonly string[], target: { GatewayId?: string; NatGatewayId?: string }) {
        const { RouteTable } = await this.client.send(new ec2.CreateRouteTableCommand({ VpcId: this.vpcId }));
        const RouteTableId = RouteTable!.RouteTableId!;
        await this.client.send(
            new ec2.CreateRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", ...target }),
        );
        for (const SubnetId of subnets) {
            await this.client.send(new ec2.AssociateRouteTableCommand({ RouteTableId, SubnetId }));
        }
    }
}

/** A file system in the VPC, a cluster with Spot, and a web ACL, which somebody else keeps, too. */
class SomebodysThings {
    fileSystemId = "";
    webAcl = "";
    readonly cluster = "shared";
    private readonly waf = new WAFV2Client({ region: REGION });
    private readonly ecs = new ECSClient({ region: REGION });

    async make({ privateIds, fileGroup }: SomebodysVpc): Promise<void> {
        const efs = new EFSClient({ region: REGION });
        const { FileSystemId } = await efs.send(
            new CreateFileSystemCommand({ CreationToken: "shared", Encrypted: true }),
        );
        this.fileSystemId = FileSystemId!;
        for (const SubnetId of privateIds) {
            await efs.send(new CreateMountTargetCommand({ FileSystemId, SubnetId, SecurityGroups: [fileGroup] }));
        }
        const capacityProviders = ["FARGATE", "FARGATE_SPOT"];
        await this.ecs.send(new CreateClusterCommand({ clusterName: this.cluster, capacityProviders }));
        const { Summary } = await this.waf.send(
            new CreateWebACLCommand({
                Name: "shared",
                Scope: "REGIONAL",
                DefaultAction: { Allow: {} },
                VisibilityConfig: {
                    SampledRequestsEnabled: false,
                    CloudWatchMetricsEnabled: false,
                    MetricName: "shared",
                },
            }),
        );
        this.webAcl = Summary!.ARN!;
    }

    async state() {
        const { clusters = [] } = await this.ecs.send(new DescribeClustersCommand({ clusters: [this.cluster] }));
        const [{ status, capacityProviders, settings } = {}] = clusters;
        return { status, capacityProviders, settings };
    }

    /** The web ACL before a load balancer. */
    async webAclOf(ResourceArn: string) {
        return (await this.waf.send(new GetWebACLForResourceCommand({ ResourceArn }))).WebACL?.ARN;
    }
}

/** Agents with their database, in a VPC that was there before and stays. */
describe("a stack in a network that exists on a real engine", () => {
    const vpc = new SomebodysVpc();
    const things = new SomebodysThings();
    let stack: TestStack;
    let asItWas: unknown;

    before(async function () {
        needsEngine(this);
        await vpc.make();
        await things.make(vpc);
        asItWas = { network: await vpc.state(), things: await things.state() };
        stack = await TestStack.create("shared", "Pulumi.dev.yaml");
        stack.edit(
            [["identity:services"], undefined],
            [["identity:keycloak"], undefined],
            [["identity:heritages"], ["kept"]],
            [["identity:cluster"], { existing: things.cluster }],
            [["identity:walletDb"], undefined],
            [["identity:sharedDatabase"], undefined],
            [["identity:agents"], { issuer: { count: 2 } }],
            [
                ["identity:publicEndpoint"],
                { plainHttp: true, allowedCidrs: ["198.51.100.0/24"], webAcl: things.webAcl },
            ],
            [["identity:adminEndpoint"], { allowedCidrs: ["10.8.0.0/24"] }],
        );
        withinBoundary(stack);
        stack.write("heritages/kept.yml", stringify(heritage(things.fileSystemId, vpc.databaseGroup)));
    });
    after(async () => {
        await stack?.cleanUp();
    });

    /** A worker on the files and the database that are there. */
    const heritage = (existing: string, security_group: string) => ({
        image: `example.com/kept@sha256:${"a".repeat(64)}`,
        volumes: { media: { efs: { existing, directory: "/kept" } } },
        uses: { db: { host: { name: "db.example.com", port: 5432, security_group } } },
        services: { worker: { command: ["work"], mounts: { media: "/media" } } },
    });
    const refusal = () =>
        stack.up().then(
            () => "it came up",
            (error: Error) => `${error.message}\n${stack.log}`,
        );
    const network = (subnets: object) => stack.edit([["identity:network"], { existing: { vpc: vpc.vpcId, subnets } }]);

    it("is refused with all that is wrong, before anything is made", async () => {
        const [first, second] = vpc.publicIds;
        network({ public: ["subnet-00000000000000001", first], private: [second, vpc.privateIds[0]] });
        stack.edit([["identity:adminEndpoint"], { allowedCidrs: ["10.99.0.0/24"] }]);
        const noAcl = things.webAcl.replace(/[0-9a-f-]+$/, "00000000-0000-0000-0000-000000000000");
        stack.edit([["identity:publicEndpoint", "webAcl"], noAcl], [["identity:cluster"], { existing: "nobodys" }]);
        const log = await refusal();
        expect(log).to.contain("5 things stand in the way in AWS; nothing was made");
        expect(log).to.contain("the public subnet subnet-00000000000000001 is not there");
        expect(log).to.contain(`the private subnet ${second} (${REGION}c) leads to an internet gateway`);
        expect(log).to.contain("10.99.0.0/24 holds addresses of the VPC itself (10.99.0.0/16)");
        expect(log).to.contain(`there is no ECS cluster nobodys in ${REGION}`);
        expect(log).to.contain(`there is no web ACL ${noAcl}`);
        network({ public: vpc.publicIds, private: vpc.privateIds });
        stack.write("heritages/kept.yml", stringify(heritage("fs-00000000000000001", "sg-00000000000000001")));
        stack.edit([["identity:adminEndpoint"], { allowedCidrs: ["10.8.0.0/24"] }]);
        const ofHeritage = await refusal();
        expect(ofHeritage).to.contain("4 things stand in the way in AWS; nothing was made");
        expect(ofHeritage).to.contain("there is no file system fs-00000000000000001");
        expect(ofHeritage).to.contain("there is no security group sg-00000000000000001");
        expect(await stack.resources()).to.have.length.below(2); // the stack itself
        stack.write("heritages/kept.yml", stringify(heritage(things.fileSystemId, vpc.databaseGroup)));
        stack.edit(
            [["identity:publicEndpoint", "webAcl"], things.webAcl],
            [["identity:cluster"], { existing: things.cluster }],
        );
    });

    it("comes up in it, by ids and by tags, and makes no network of its own", async () => {
        network({ public: { tags: { Tier: "shared-pub*" } }, private: vpc.privateIds });
        expect(await stack.up()).not.to.have.any.keys("update", "replace", "delete"); // the stack itself is there from before
        const made = await stack.resources();
        const types = made.map(({ type }) => type);
        for (const type of ["vpc:Vpc", "subnet:Subnet", "routeTable:RouteTable", "natGateway:NatGateway", "eip:Eip"]) {
            expect(types).not.to.include(`aws:ec2/${type}`);
        }
        const inputs = (type: string, name: string) =>
            made.find((one) => one.type === type && one.urn.endsWith(`::${name}`))!.inputs!;
        const balancer = (name: string) => inputs("aws:lb/loadBalancer:LoadBalancer", name).subnets;
        expect(balancer("public")).to.have.members(vpc.publicIds);
        expect(balancer("admin")).to.have.members(vpc.privateIds);
        expect(inputs("aws:rds/subnetGroup:SubnetGroup", "wallet-db").subnetIds).to.have.members(vpc.privateIds);
        const rules = made.filter(({ type }) => type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule");
        expect(rules.map((rule) => String(rule.inputs!.cidrIpv4))).to.include(`${vpc.natAddress}/32`);
    });

    it("is in the cluster, behind the web ACL, with the files and the way to the database that were there", async () => {
        const made = await stack.resources();
        const of = (type: string) => made.filter((one) => one.type === type).map(({ inputs }) => inputs!);
        for (const type of [
            "aws:ecs/cluster:Cluster",
            "aws:efs/fileSystem:FileSystem",
            "aws:efs/mountTarget:MountTarget",
        ]) {
            expect(of(type)).to.deep.equal([]);
        }
        const clusters = of("aws:ecs/service:Service").map(({ cluster }) => String(cluster).split(":cluster/")[1]);
        expect(clusters).to.deep.equal([things.cluster, things.cluster]);
        const balancer = made.find(({ urn }) => urn.endsWith("LoadBalancer::public"))!.id!;
        expect(await things.webAclOf(balancer)).to.equal(things.webAcl);
        const [accessPoint] = of("aws:efs/accessPoint:AccessPoint");
        expect(accessPoint).to.deep.include({ fileSystemId: things.fileSystemId, posixUser: { uid: 1000, gid: 1000 } });
        const ports = (groupId: string) =>
            of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
                .filter(({ securityGroupId }) => securityGroupId === groupId)
                .map(({ fromPort }) => fromPort);
        expect([...ports(vpc.fileGroup), ...new Set(ports(vpc.databaseGroup))]).to.deep.equal([2049, 5432]);
    });

    it("is unchanged by a second `up`", () => stack.upUnchanged());

    it("keeps the wallets' own instance until that has a snapshot, when they are to be on a shared one", async () => {
        stack.edit([["identity:sharedDatabase"], {}], [["identity:walletDb"], { shared: true }]);
        const [, identifier] = /delete the instance (identity-shared-wallet-db-[0-9a-f]{8}) with its data/.exec(
            await refusal(),
        )!;
        const snapshot = { DBInstanceIdentifier: identifier, DBSnapshotIdentifier: `${identifier}-before-shared` };
        await new RDSClient({ region: REGION }).send(new CreateDBSnapshotCommand(snapshot));
        const steps = await stack.preview();
        expect(steps.create).to.include("aws:rds/instance:Instance::shared-db");
        expect(steps.delete).to.include("aws:rds/instance:Instance::wallet-db");
        stack.edit([["identity:sharedDatabase"], undefined], [["identity:walletDb"], undefined]);
    });

    it("stays where it is: another VPC is refused", async () => {
        const other = new SomebodysVpc();
        await other.make();
        const subnets = { public: other.publicIds, private: other.privateIds };
        stack.edit([["identity:network"], { existing: { vpc: other.vpcId, subnets } }]);
        expect(await refusal()).to.contain(`this stack is in ${vpc.vpcId}`);
    });

    it("stays where it is: a VPC of its own is refused", async () => {
        stack.edit([["identity:network"], undefined], [["identity:heritages"], undefined]); // whose files are in that network
        expect(await refusal()).to.contain(`this stack is in ${vpc.vpcId}, which it did not make`);
    });

    it("goes, and leaves all that was there as it was", async () => {
        network({ public: { tags: { Tier: "shared-pub*" } }, private: vpc.privateIds });
        stack.edit([["identity:heritages"], ["kept"]]);
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        expect({ network: await vpc.state(), things: await things.state() }).to.deep.equal(asItWas);
    });
});
