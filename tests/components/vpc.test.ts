import { expect } from "chai";
import { Vpc, type VpcArgs } from "../../components/vpc";
import { ACCOUNT, make, PROJECT, REGION, STACK, statementsOf, trustOf } from "./support";

const ARGS: VpcArgs = {
    cidr: "10.0.0.0/16",
    zones: 2,
    nat: "single",
    region: REGION,
    privateZoneName: "test.internal",
};
const vpc = (args: Partial<VpcArgs> = {}) =>
    make(() => ({ natAddresses: new Vpc("net", { ...ARGS, ...args }).natAddresses }));

describe("Vpc", () => {
    it("is one of awsx, an emptied default security group and a private zone", async () => {
        const made = await vpc();
        expect(made.childrenOf("identity.Vpc")).to.deep.equal([
            "aws.ec2.DefaultSecurityGroup net-default",
            "aws.route53.Zone net-private",
            "awsx.ec2.Vpc net",
        ]);
        expect(made.rules()).to.deep.equal([]);
    });

    it("gives awsx the blocks of each zone, so that nothing is left for it to lay out", async () => {
        const made = await vpc({ zones: 3, nat: "per-zone" });
        expect(made.inputs("awsx.ec2.Vpc")).to.deep.equal({
            cidrBlock: "10.0.0.0/16",
            numberOfAvailabilityZones: 3,
            subnetStrategy: "Auto",
            subnetSpecs: [
                { type: "Private", cidrBlocks: ["10.0.0.0/19", "10.0.64.0/19", "10.0.128.0/19"] },
                { type: "Public", cidrBlocks: ["10.0.32.0/20", "10.0.96.0/20", "10.0.160.0/20"] },
                { type: "Isolated", cidrBlocks: ["10.0.48.0/21", "10.0.112.0/21", "10.0.176.0/21"] },
            ],
            natGateways: { strategy: "OnePerAz" },
            enableDnsHostnames: true,
            enableDnsSupport: true,
            vpcEndpointStrategy: "Auto",
            vpcEndpointSpecs: [{ serviceName: `com.amazonaws.${REGION}.s3`, vpcEndpointType: "Gateway" }],
        });
    });

    for (const [nat, strategy, gateways] of [
        ["none", "None", 0],
        ["single", "Single", 1],
        ["per-zone", "OnePerAz", 2],
    ] as const) {
        it(`has ${gateways} NAT gateways over two zones where NAT is ${nat}`, async () => {
            const made = await vpc({ nat });
            expect(made.inputs("awsx.ec2.Vpc").natGateways).to.deep.equal({ strategy });
            expect(made.all("aws.ec2.NatGateway")).to.have.length(gateways);
            expect(made.outputs.natAddresses).to.deep.equal(
                Array.from({ length: gateways }, (_, i) => `203.0.113.${i + 1}`),
            );
        });
    }

    it("is in the zones that it is told, and leaves awsx to count none", async () => {
        const made = await vpc({ zoneNames: [`${REGION}a`, `${REGION}c`] });
        expect(made.inputs("awsx.ec2.Vpc").availabilityZoneNames).to.deep.equal([`${REGION}a`, `${REGION}c`]);
        expect(made.inputs("awsx.ec2.Vpc")).not.to.have.property("numberOfAvailabilityZones");
    });

    it("leaves nothing in the default security group", async () => {
        const made = await vpc();
        const { id } = made.one("aws.ec2.Vpc");
        expect(made.inputs("aws.ec2.DefaultSecurityGroup")).to.deep.equal({ vpcId: id, ingress: [], egress: [] });
    });

    it("has a zone of names that only it sees", async () => {
        const made = await vpc();
        expect(made.inputs("aws.route53.Zone")).to.deep.equal({
            name: "test.internal",
            comment: "Names within net",
            vpcs: [{ vpcId: made.one("aws.ec2.Vpc").id }],
        });
        expect(made.one("aws.route53.Zone").ignoreChanges).to.deep.equal(["vpcs"]);
    });

    it("hands on its id, its subnets by kind and its zone", async () => {
        const made = await make(() => {
            const { id, cidr, publicSubnetIds, privateSubnetIds, isolatedSubnetIds, privateZone } = new Vpc(
                "net",
                ARGS,
            );
            return { id, cidr, publicSubnetIds, privateSubnetIds, isolatedSubnetIds, privateZone };
        });
        const subnets = (type: string) => [1, 2].map((zone) => made.one("aws.ec2.Subnet", `net-${type}-${zone}`).id);
        expect(made.outputs).to.deep.equal({
            id: made.one("aws.ec2.Vpc").id,
            cidr: "10.0.0.0/16",
            publicSubnetIds: subnets("public"),
            privateSubnetIds: subnets("private"),
            isolatedSubnetIds: subnets("isolated"),
            privateZone: { id: made.one("aws.route53.Zone").outputs.zoneId, name: "test.internal" },
        });
    });

    describe("with interface endpoints", () => {
        it("reaches what a task cannot start without, from the private subnets, by its usual name", async () => {
            const made = await vpc({ interfaceEndpoints: true });
            const endpoints = made.all("aws.ec2.VpcEndpoint").filter((e) => e.inputs.vpcEndpointType === "Interface");
            expect(Object.fromEntries(endpoints.map(({ name, inputs }) => [name, inputs.serviceName]))).to.deep.equal({
                "net-ecr-api": `com.amazonaws.${REGION}.ecr.api`,
                "net-ecr-dkr": `com.amazonaws.${REGION}.ecr.dkr`,
                "net-logs": `com.amazonaws.${REGION}.logs`,
                "net-ssm": `com.amazonaws.${REGION}.ssm`,
                "net-kms": `com.amazonaws.${REGION}.kms`,
                "net-ssmmessages": `com.amazonaws.${REGION}.ssmmessages`,
            });
            for (const { inputs } of endpoints) {
                expect(inputs).to.deep.equal({
                    serviceName: inputs.serviceName,
                    vpcId: made.one("aws.ec2.Vpc").id,
                    vpcEndpointType: "Interface",
                    privateDnsEnabled: true,
                    subnetIds: [1, 2].map((zone) => made.one("aws.ec2.Subnet", `net-private-${zone}`).id),
                    securityGroupIds: [made.one("aws.ec2.SecurityGroup", "net-endpoints").id],
                });
            }
        });

        it("lets nobody but the VPC in, on 443", async () => {
            const made = await vpc({ interfaceEndpoints: true, cidr: "10.4.0.0/20" });
            expect(made.rules()).to.deep.equal(["net-endpoints: in tcp 443-443 10.4.0.0/20"]);
            const group = made.inputs("aws.ec2.SecurityGroup");
            expect(group).to.deep.equal({
                vpcId: made.one("aws.ec2.Vpc").id,
                description: "AWS services by interface endpoint",
            });
        });
    });

    describe("with flow logs", () => {
        it("keeps all flows, for so many days", async () => {
            const made = await vpc({ flowLogDays: 90 });
            expect(made.inputs("aws.cloudwatch.LogGroup")).to.deep.equal({
                name: `/${PROJECT}/${STACK}/net-flow-logs`,
                retentionInDays: 90,
            });
            expect(made.inputs("aws.ec2.FlowLog")).to.deep.equal({
                vpcId: made.one("aws.ec2.Vpc").id,
                trafficType: "ALL",
                logDestination: made.one("aws.cloudwatch.LogGroup").outputs.arn,
                iamRoleArn: made.one("aws.iam.Role").outputs.arn,
            });
        });

        it("has a role that may write there and nowhere else, before the first flow", async () => {
            const made = await vpc({ flowLogDays: 90 });
            const role = made.one("aws.iam.Role", "net-flow-logs");
            expect(statementsOf(role, "assumeRolePolicy")).to.deep.equal(trustOf("vpc-flow-logs.amazonaws.com", "ec2"));
            expect(made.inputs("aws.iam.RolePolicy").role).to.equal(role.id);
            expect(statementsOf(made.one("aws.iam.RolePolicy"))).to.deep.equal([
                {
                    Effect: "Allow",
                    Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                    Resource: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/${PROJECT}/${STACK}/net-flow-logs:*`,
                },
            ]);
            expect(made.waitsFor(made.one("aws.ec2.FlowLog"))).to.include("aws.iam.RolePolicy net-flow-logs");
        });
    });

    it("lets what it gives to awsx and to the flow log be changed", async () => {
        const made = await vpc({
            flowLogDays: 90,
            transform: {
                vpc: { instanceTenancy: "dedicated" },
                flowLog: (args, opts) => {
                    args.trafficType = "REJECT";
                    opts.protect = true;
                },
            },
        });
        expect(made.inputs("awsx.ec2.Vpc")).to.include({ instanceTenancy: "dedicated", cidrBlock: "10.0.0.0/16" });
        expect(made.inputs("aws.ec2.FlowLog").trafficType).to.equal("REJECT");
        expect(made.one("aws.ec2.FlowLog").protect).to.equal(true);
    });
});
