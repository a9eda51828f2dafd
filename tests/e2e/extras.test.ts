import { ListCommandsCommand, SSMClient } from "@aws-sdk/client-ssm";
import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { DevLedger } from "../../components/dev-ledger";
import { FargateService } from "../../components/fargate-service";
import { Workbench } from "../../components/workbench";
import { needsEngine, TestStack } from "./engine";
import { smallVpc } from "./network";

const REGION = "ap-northeast-1";

/** moto says of every interface that it has a public address, also of one that is to have none; so here the subnet decides it. */
const transform = { instance: { associatePublicIpAddress: undefined } };

/** The machines, and a service that waits for the ledger as an agent does; the components one by one, as in anybody's program. */
describe("a ledger and a workbench on a real engine", () => {
    let stack: TestStack;
    let commit: string | undefined;
    let instanceType = "t4g.micro";

    const program = async () => {
        const vpc = smallVpc(REGION, "extras.internal");
        const ledger = new DevLedger("ledger", { vpc, commit, transform });
        const workbench = new Workbench("workbench", { vpc, region: REGION, instanceType, transform });
        workbench.mayReach("ledger", { groupId: ledger.groupId, port: ledger.webPort });
        const { before, clientsGroupId, genesisUrl } = ledger;
        new FargateService("agent", {
            cluster: new aws.ecs.Cluster("agents"),
            vpc,
            cpu: 256,
            memory: 512,
            count: 1,
            before,
            securityGroupIds: [clientsGroupId],
            containers: {
                app: {
                    image: `example.com/app@sha256:${"a".repeat(64)}`,
                    user: "1000",
                    environment: { GENESIS_URL: genesisUrl },
                },
            },
        });
        return { genesisUrl, url: ledger.url, ledger: ledger.instanceId, workbench: workbench.instanceId };
    };

    before(async function () {
        needsEngine(this);
        stack = await TestStack.create("extras", "Pulumi.dev.yaml", program);
    });
    after(async () => {
        await stack?.cleanUp();
    });

    const output = async (name: string) => (await stack.outputs())[name]!.value as string;
    /** The commands that a machine was sent. */
    const commands = async (InstanceId: string) => {
        const { Commands = [] } = await new SSMClient({ region: REGION }).send(new ListCommandsCommand({ InstanceId }));
        return Commands;
    };

    it("come up, the ledger asked before the service is made, and again without a change", async () => {
        expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
        expect(stack.log).to.contain("ledger: the ledger answers");
        const id = await output("ledger");
        const [asked, ...more] = await commands(id);
        expect(more).to.deep.equal([]);
        expect(asked!.Parameters!.commands![0]).to.contain("http://127.0.0.1:9000/genesis");
        expect(await output("genesisUrl")).to.match(/^http:\/\/10\.20\.\d+\.\d+:9000\/genesis$/);
        expect(await output("url")).to.equal("http://ledger.extras.internal:9000");
        await stack.upUnchanged();
        expect(await commands(id)).to.have.length(1); // nobody needed to know
    });

    it("have no public address, tokens for their metadata and encrypted volumes, as AWS has them", async () => {
        const instances = (await stack.resources()).filter(({ type }) => type === "aws:ec2/instance:Instance");
        expect(instances.map(({ urn }) => urn.split("::").pop()).sort()).to.deep.equal([
            "ledger-x86_64",
            "workbench-arm64",
        ]);
        for (const { outputs } of instances) {
            expect(outputs!.publicIp).to.equal("");
            expect(outputs!.metadataOptions).to.include({ httpTokens: "required", httpPutResponseHopLimit: 1 });
            expect(outputs!.rootBlockDevice).to.include({ encrypted: true });
        }
    });

    it("are made anew for another commit, and the service with the new ledger's address", async () => {
        const before = await output("genesisUrl");
        commit = "1".repeat(40);
        await stack.up();
        const replaced = ["aws:ec2/instance:Instance::ledger-x86_64", "aws:ecs/taskDefinition:TaskDefinition::agent"];
        expect(stack.steps.replace).to.deep.equal(replaced); // and not the workbench
        expect(await output("genesisUrl")).not.to.equal(before);
        expect(stack.log).to.contain("ledger: the ledger answers");
    });

    it("are made anew for another architecture, with an AMI of it", async () => {
        instanceType = "t3.micro";
        const { create = [], delete: gone = [], ...others } = await stack.preview();
        expect(create).to.deep.equal(["aws:ec2/instance:Instance::workbench-x86_64"]);
        expect(gone).to.deep.equal(["aws:ec2/instance:Instance::workbench-arm64"]);
        expect(Object.keys(others)).to.deep.equal([]);
        instanceType = "t4g.micro";
    });

    it("go without leaving anything", async () => {
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        expect(await stack.resources()).to.deep.equal([]);
    });
});
