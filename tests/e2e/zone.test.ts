import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { Endpoint } from "../../components/endpoint";
import { FargateService } from "../../components/fargate-service";
import { Vpc } from "../../components/vpc";
import { needsEngine, TestStack } from "./engine";

/** The network and what lives in it, with a zone more than before. The components come one by one, as in anybody's program. */
describe("a zone that is added on a real engine", () => {
    let stack: TestStack;
    let zones = 2;

    const program = async () => {
        const vpc = new Vpc("vpc", {
            cidr: "10.20.0.0/20",
            zones,
            nat: "per-zone",
            region: "ap-northeast-1",
            privateZoneName: "zones.internal",
            interfaceEndpoints: true,
            flowLogDays: 7,
            // moto adds no route to the tables that a gateway endpoint gets later, and then fails to take it away.
            transform: { vpc: { vpcEndpointSpecs: [] } },
        });
        const endpoint = new Endpoint("public", { vpc, allowedCidrs: ["0.0.0.0/0"] });
        new FargateService("app", {
            cluster: new aws.ecs.Cluster("apps"),
            vpc,
            cpu: 256,
            memory: 512,
            count: zones,
            containers: { app: { image: `example.com/app@sha256:${"a".repeat(64)}`, user: "1000", ports: [8080] } },
            routes: [endpoint.route("app", { host: "app", port: 8080, healthCheck: { path: "/" } })],
        });
    };

    before(async function () {
        needsEngine(this);
        stack = await TestStack.create("zones", "Pulumi.dev.yaml", program);
    });
    after(async () => {
        await stack?.cleanUp();
    });

    it("comes up over two zones, and again without a change", async () => {
        expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
        await stack.upUnchanged();
    });

    it("goes on to a third without replacing or deleting anything", async () => {
        const blocks = async () =>
            (await stack.resources())
                .filter((r) => r.type === "aws:ec2/subnet:Subnet")
                .map((r) => `${r.id} ${r.outputs!.cidrBlock}`);
        const before = await blocks();
        zones = 3;
        expect(await stack.up()).not.to.have.any.keys("replace", "delete", "create-replacement", "delete-replaced");
        const after = await blocks();
        expect(after).to.include.members(before);
        expect(after).to.have.length(9);
        await stack.upUnchanged();
    });

    it("goes without leaving anything", async () => {
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        expect(await stack.resources()).to.deep.equal([]);
    });
});
