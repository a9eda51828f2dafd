import { expect } from "chai";
import { DevLedger, type DevLedgerArgs } from "../../components/dev-ledger";
import { VON_NETWORK_COMMIT, userData } from "../../components/dev-ledger/user-data";
import { make, refusal, statementsOf, VPC } from "./support";

const ARGS: DevLedgerArgs = { vpc: { ...VPC, privateZone: { id: "Z2", name: "test.internal" } } };
const ledger = (args: Partial<DevLedgerArgs> = {}) =>
    make(() => {
        const { genesisUrl, url, instanceId, before } = new DevLedger("ledger", { ...ARGS, ...args });
        return { genesisUrl, url, instanceId, hooks: before.hooks.length };
    });

describe("DevLedger", () => {
    it("is a machine, its role and its name", async () => {
        const made = await ledger();
        expect(made.childrenOf("identity.DevLedger").filter((child) => !child.includes("Rule"))).to.deep.equal([
            "aws.ec2.Instance ledger-x86_64",
            "aws.ec2.SecurityGroup ledger",
            "aws.ec2.SecurityGroup ledger-clients",
            "aws.iam.InstanceProfile ledger",
            "aws.iam.Role ledger",
            "aws.iam.RolePolicy ledger",
            "aws.route53.Record ledger",
        ]);
    });

    it("starts this machine, to the letter", async () => {
        const made = await ledger();
        const { ami, ...inputs } = made.inputs("aws.ec2.Instance");
        expect(ami).to.match(/^ami-/);
        expect(inputs).to.deep.equal({
            instanceType: "t3.small",
            subnetId: VPC.privateSubnetIds[0],
            vpcSecurityGroupIds: [made.one("aws.ec2.SecurityGroup", "ledger").id],
            associatePublicIpAddress: false,
            iamInstanceProfile: made.one("aws.iam.InstanceProfile").outputs.name,
            metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
            rootBlockDevice: { volumeType: "gp3", volumeSize: 20, encrypted: true },
            userData: userData(VON_NETWORK_COMMIT),
            userDataReplaceOnChange: true,
            disableApiTermination: false,
            tags: { Name: "acme-test-ledger" },
        });
        expect(made.one("aws.ec2.Instance").ignoreChanges).to.deep.equal(["ami"]);
    });

    it("lets in its clients on the ports of web and nodes, and nobody else", async () => {
        const made = await ledger();
        expect(made.rules()).to.deep.equal([
            "ledger-clients: out tcp 9000-9000 ledger",
            "ledger-clients: out tcp 9701-9708 ledger",
            "ledger: in tcp 9000-9000 ledger-clients",
            "ledger: in tcp 9701-9708 ledger-clients",
            "ledger: out tcp 443-443 0.0.0.0/0",
            "ledger: out tcp 80-80 0.0.0.0/0",
        ]);
    });

    it("is let by its role to take commands and sessions, and to read nothing", async () => {
        const made = await ledger();
        expect(statementsOf(made.one("aws.iam.RolePolicy"))).to.deep.equal([
            {
                Effect: "Allow",
                Action: "ssm:UpdateInstanceInformation",
                Resource: "arn:aws:ec2:eu-west-1:123456789012:instance/*",
            },
            {
                Effect: "Allow",
                Action: ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map(
                    (action) => `ssmmessages:${action}`,
                ),
                Resource: "*",
            },
        ]);
        expect(statementsOf(made.one("aws.iam.Role"), "assumeRolePolicy")).to.deep.equal([
            { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
        ]);
        expect(made.waitsFor(made.one("aws.ec2.Instance"))).to.include.members([
            "aws.iam.RolePolicy ledger",
            "aws.vpc.SecurityGroupEgressRule ledger-to-443", // before its agent asks for the first time
        ]);
    });

    it("has a name for people, and an address for agents", async () => {
        const made = await ledger();
        const { privateIp } = made.one("aws.ec2.Instance").outputs;
        expect(made.inputs("aws.route53.Record")).to.deep.equal({
            zoneId: "Z2",
            name: "ledger.test.internal",
            type: "A",
            ttl: 60,
            records: [privateIp],
        });
        expect(made.outputs).to.deep.equal({
            genesisUrl: `http://${privateIp as string}:9000/genesis`,
            url: "http://ledger.test.internal:9000",
            instanceId: made.one("aws.ec2.Instance").id,
            hooks: 0, // without an engine there is nothing to wait for
        });
    });

    it("is another machine for another commit, and of another size where that is said", async () => {
        const commit = "f".repeat(40);
        const made = await ledger({ commit, instanceType: "t3.medium", volumeGiB: 40 });
        expect(made.inputs("aws.ec2.Instance")).to.deep.include({
            userData: userData(commit),
            instanceType: "t3.medium",
            rootBlockDevice: { volumeType: "gp3", volumeSize: 40, encrypted: true },
        });
    });

    it("may be protected by Pulumi and AWS", async () => {
        const { protect, inputs } = (await ledger({ protect: true })).one("aws.ec2.Instance");
        expect([protect, inputs.disableApiTermination]).to.deep.equal([true, true]);
    });

    it("lets the machine be changed", async () => {
        const made = await ledger({ transform: { instance: { monitoring: true } } });
        expect(made.inputs("aws.ec2.Instance")).to.include({ monitoring: true, instanceType: "t3.small" });
    });

    it("refuses a machine that it does not run on", async () => {
        expect(await refusal(() => new DevLedger("ledger", { ...ARGS, instanceType: "t4g.small" }))).to.equal(
            "ledger: t4g.small has ARM processors, and Indy's nodes are built for x86-64; t3.small",
        );
        expect(await refusal(() => new DevLedger("ledger", { ...ARGS, instanceType: "t3.micro" }))).to.contain(
            "has 1 GiB",
        );
    });
});
