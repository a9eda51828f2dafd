import * as aws from "@pulumi/aws";
import {
    DescribeListenerCertificatesCommand,
    DescribeTargetGroupAttributesCommand,
    ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { needsEngine, TestStack } from "./engine";

const DIGEST = "a".repeat(64);
const REGION = "ap-northeast-1";
const SHOP = (sticky: string) => `image: example.com/shop@sha256:${DIGEST}
services:
    web:
        health_check_path: /up
        health_check: { codes: 200-299, grace_seconds: 120, interval_seconds: 15 }
        deregistration_seconds: 5
        ${sticky}
        listeners:
            - hosts: [shop, "@", www.other.example]
              paths: [/, /cart, /cart/*, /orders, /orders/*, /assets/*]
            - hosts: [other.example]
              redirect: https://www.other.example
    rpc:
        protocol: grpc
        port: 50051
        health_check_path: /grpc.health.v1.Health/Check
        listeners: [{ host: rpc }]
`;

describe("the ways to a heritage on a real engine", () => {
    let stack: TestStack;
    let account: Stack;

    before(async function () {
        needsEngine(this);
        account = await LocalWorkspace.createOrSelectStack({
            stackName: "zones",
            projectName: "account",
            program: async () => {
                for (const name of ["id.example.com", "other.example"]) new aws.route53.Zone(name, { name });
            },
        });
        await account.setConfig("aws:region", { value: REGION });
        await account.up();
        stack = await TestStack.create("reach", "Pulumi.dev.yaml");
        stack.edit(
            ...["publicEndpoint", "agents", "services", "keycloak", "walletDb", "sharedDatabase"].map(
                (key): [string[], undefined] => [[`identity:${key}`], undefined],
            ),
            [["identity:domain"], { name: "id.example.com" }],
            [["identity:domains"], [{ name: "other.example" }]],
            [["identity:envoyImage"], `example.com/envoy@sha256:${DIGEST}`],
            [["identity:heritages"], ["shop"]],
        );
        stack.write("heritages/shop.yml", SHOP("sticky_seconds: 600"));
    });
    after(async () => {
        await stack?.cleanUp();
        await account?.destroy();
    });

    const elb = new ElasticLoadBalancingV2Client({ region: REGION });
    const found = async (type: string, name: string) =>
        (await stack.resources()).find((one) => one.type === type && one.urn.endsWith(`::${name}`))!;
    const sticky = async () => {
        const { id } = await found("aws:lb/targetGroup:TargetGroup", "public-shop-web");
        const { Attributes = [] } = await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: id }));
        return Object.fromEntries(Attributes.map(({ Key, Value }) => [Key, Value]));
    };

    it("come up: hosts of two domains and of the domain itself, many paths, a redirect, gRPC, a cookie", async () => {
        expect(Object.keys(await stack.up())).to.deep.equal(["create"]);
        expect((await stack.outputs()).serviceUrls!.value).to.deep.equal({
            "shop-web": "https://shop.id.example.com",
            "shop-rpc": "https://rpc.id.example.com",
        });
        const rules = (await stack.resources()).filter(({ type }) => type === "aws:lb/listenerRule:ListenerRule");
        expect(rules).to.have.length(3 * 2 + 1 + 1); // six paths of three hosts, the redirect, gRPC
        const names = (await stack.resources())
            .filter(({ type, urn }) => type === "aws:route53/record:Record" && !urn.endsWith("-proof"))
            .map(({ outputs }) => outputs!.name);
        expect(names).to.have.members([
            ...["shop.id.example.com", "id.example.com", "rpc.id.example.com"],
            ...["www.other.example", "other.example"],
        ]);
        const { id: ListenerArn } = await found("aws:lb/listener:Listener", "public-443");
        const { Certificates = [] } = await elb.send(new DescribeListenerCertificatesCommand({ ListenerArn }));
        expect(Certificates.filter(({ IsDefault }) => !IsDefault)).to.have.length(2);
        expect(await sticky()).to.include({
            "stickiness.enabled": "true",
            "stickiness.lb_cookie.duration_seconds": "600",
        });
    });

    it("are unchanged in a second `up`", async () => {
        await stack.upUnchanged();
    });

    it("change without another target group, and the cookie is turned off by a 0", async () => {
        stack.write("heritages/shop.yml", SHOP("sticky_seconds: 0").replace("/assets/*", "/assets/*, /login"));
        const changes = await stack.up();
        expect(changes).not.to.have.any.keys("replace", "create-replacement", "delete-replaced");
        expect(await sticky()).to.include({ "stickiness.enabled": "false" });
    });

    it("go without leaving anything", async () => {
        expect(Object.keys(await stack.destroy())).to.deep.equal(["delete"]);
        expect(await stack.resources()).to.deep.equal([]);
    });
});
