import { expect } from "chai";
import { Workbench, type WorkbenchArgs } from "../../components/workbench";
import { make, refusal, REGION, VPC } from "./support";

const ARGS: WorkbenchArgs = { vpc: VPC, region: REGION };
const workbench = (args: Partial<WorkbenchArgs> = {}, then: (made: Workbench) => void = () => undefined) =>
    make(() => {
        const made = new Workbench("workbench", { ...ARGS, ...args });
        then(made);
        return { instanceId: made.instanceId };
    });

describe("Workbench", () => {
    it("is a small machine without a public address", async () => {
        const made = await workbench();
        expect(made.inputs("aws.ec2.Instance", "workbench-arm64")).to.deep.include({
            instanceType: "t4g.micro",
            subnetId: VPC.privateSubnetIds[0],
            associatePublicIpAddress: false,
            metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
            rootBlockDevice: { volumeType: "gp3", volumeSize: 8, encrypted: true },
        });
        expect(made.outputs.instanceId).to.equal(made.one("aws.ec2.Instance").id);
    });

    it("lets nobody in, and goes to AWS alone", async () => {
        expect((await workbench()).rules()).to.deep.equal(["workbench: out tcp 443-443 0.0.0.0/0"]);
    });

    it("has psql, jq and RDS's authorities", async () => {
        const { userData } = (await workbench()).inputs("aws.ec2.Instance");
        expect(userData)
            .to.contain("dnf install -y postgresql17 jq")
            .and.to.match(/cat > \/etc\/ssl\/certs\/rds-ca\.pem << 'END'\n-----BEGIN CERTIFICATE-----/);
    });

    it("reaches what is opened to it, on that port, on both sides", async () => {
        const made = await workbench({}, (one) => {
            one.mayReach("wallet-db", { groupId: "sg-wallets", port: 5432 });
            one.mayReach("admin", { groupId: "sg-admin", port: 8021 });
            one.mayReach("admin", { groupId: "sg-admin", port: 443 });
        });
        expect(made.rules()).to.deep.equal([
            "sg-admin: in tcp 443-443 workbench",
            "sg-admin: in tcp 8021-8021 workbench",
            "sg-wallets: in tcp 5432-5432 workbench",
            "workbench: out tcp 443-443 0.0.0.0/0",
            "workbench: out tcp 443-443 sg-admin",
            "workbench: out tcp 5432-5432 sg-wallets",
            "workbench: out tcp 8021-8021 sg-admin",
        ]);
    });

    it("is another machine on another architecture, for its AMI is another one", async () => {
        const ami = async (instanceType: string) => {
            const { name, inputs } = (await workbench({ instanceType })).one("aws.ec2.Instance");
            return { name, ami: inputs.ami };
        };
        const [arm, x86] = [await ami("t4g.small"), await ami("t3.micro")];
        expect([arm.name, x86.name]).to.deep.equal(["workbench-arm64", "workbench-x86_64"]);
        expect(arm.ami).not.to.equal(x86.ami);
        expect((await ami("t4g.micro")).ami).to.equal(arm.ami);
    });

    it("lets the machine be changed", async () => {
        const made = await workbench({ transform: { instance: (args) => void (args.monitoring = true) } });
        expect(made.inputs("aws.ec2.Instance").monitoring).to.equal(true);
    });

    it("refuses a machine on which nothing could be installed", async () => {
        expect(await refusal(() => new Workbench("workbench", { ...ARGS, instanceType: "t4g.nano" }))).to.equal(
            "workbench: t4g.nano has 0.5 GiB, in which dnf installs nothing; t4g.micro, with 1 GiB",
        );
    });
});
