import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { natUserData, READY_SCRIPT } from "../../../components/network/nat-user-data";
import { Vpc } from "../../../components/vpc";
import { type Made, make, REGION } from "../support";

const made = (zones = 2): Promise<Made> =>
    make(() => {
        const vpc = new Vpc("net", {
            cidr: "10.4.0.0/16",
            zones,
            nat: "instance",
            region: REGION,
            privateZoneName: "test.internal",
        });
        return { natAddresses: vpc.natAddresses };
    });

describe("a NAT instance", () => {
    it("is in the first public subnet, with an address that it keeps, in place of every NAT gateway", async () => {
        const all = await made();
        expect(all.inputs("awsx.ec2.Vpc").natGateways).to.deep.equal({ strategy: "None" });
        expect(all.all("aws.ec2.NatGateway")).to.deep.equal([]);
        const { id } = all.one("aws.ec2.Instance");
        expect(all.inputs("aws.ec2.Instance").subnetId).to.equal(all.one("aws.ec2.Subnet", "net-public-1").id);
        expect(all.inputs("aws.ec2.Eip", "net-nat")).to.deep.equal({ domain: "vpc", instance: id });
        expect(all.outputs.natAddresses).to.deep.equal([all.one("aws.ec2.Eip", "net-nat").outputs.publicIp]);
    });

    it("passes on what is for others, and has encrypted storage and IMDSv2", async () => {
        expect((await made()).inputs("aws.ec2.Instance")).to.deep.include({
            instanceType: "t4g.nano",
            sourceDestCheck: false,
            metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
            rootBlockDevice: { volumeType: "gp3", volumeSize: 8, encrypted: true },
        });
    });

    it("keeps its AMI, and is made anew for another script", async () => {
        const all = await made();
        expect(all.one("aws.ec2.Instance").ignoreChanges).to.deep.equal(["ami"]);
        expect(all.inputs("aws.ec2.Instance").userDataReplaceOnChange).to.equal(true);
    });

    it("has both halves of the internet routed to it from each private subnet, and from no other", async () => {
        const all = await made(3);
        const eni = all.one("aws.ec2.Instance").outputs.primaryNetworkInterfaceId;
        const routes = all.all("aws.ec2.Route").filter(({ name }) => name.startsWith("net-nat-"));
        const tables = [1, 2, 3].map((zone) => all.one("aws.ec2.RouteTable", `net-private-${zone}`).id);
        expect(routes.map(({ inputs }) => inputs)).to.deep.equal(
            tables.flatMap((routeTableId) =>
                ["0.0.0.0/1", "128.0.0.0/1"].map((destinationCidrBlock) => ({
                    routeTableId,
                    destinationCidrBlock,
                    networkInterfaceId: eni,
                })),
            ),
        );
        for (const route of routes) expect(all.waitsFor(route)).to.include("aws.ec2.Eip net-nat");
    });

    it("takes connections from the VPC alone", async () => {
        expect((await made()).rules()).to.have.members([
            "net-nat: in -1 undefined-undefined 10.4.0.0/16",
            "net-nat: out -1 undefined-undefined 0.0.0.0/0",
        ]);
    });

    it("is rebooted when its own check fails for three minutes", async () => {
        const all = await made();
        expect(all.inputs("aws.cloudwatch.MetricAlarm", "net-nat-hangs")).to.deep.include({
            metricName: "StatusCheckFailed_Instance",
            dimensions: { InstanceId: all.one("aws.ec2.Instance").id },
            period: 60,
            evaluationPeriods: 3,
            alarmActions: [`arn:aws:automate:${REGION}:ec2:reboot`],
        });
    });

    it("has a script that a shell reads, with swap before packages and the VPC's block in its rules", () => {
        const script = natUserData("10.4.0.0/16");
        for (const text of [script, READY_SCRIPT]) execFileSync("bash", ["-n"], { input: text });
        expect(script.indexOf("swapon")).to.be.lessThan(script.indexOf("dnf install"));
        expect(script).to.contain("-A POSTROUTING -s 10.4.0.0/16 ! -d 10.4.0.0/16 -j MASQUERADE\n");
        expect(script).to.contain(":INPUT DROP\n").and.to.contain(":FORWARD DROP\n");
    });
});
