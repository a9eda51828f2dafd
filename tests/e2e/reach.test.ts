import * as aws from "@pulumi/aws";
import {
    DescribeListenerCertificatesCommand,
    DescribeTargetGroupAttributesCommand,
    ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { inPlace } from "../automation/convert/cases";
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

/** Of Heroku, Fly, compose, Copilot and Barcelona, as `npx identity convert` writes them. */
const CONVERTED = inPlace(["heroku-node", "fly-elixir", "nginx-php", "copilot-job", "barcelona-hello"]);
const SET = ["nginx-php/MYSQL_PASSWORD", "report/GITHUB_TOKEN"];

describe("the ways to a heritage, and five converted ones, on a real engine", () => {
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
            [["identity:heritages"], ["shop", ...CONVERTED.heritages]],
        );
        for (const [file, text] of Object.entries(CONVERTED.texts)) stack.write(file, text);
        for (const name of SET) {
            const put = { Name: `/identity/reach/${name}`, Value: "set by hand", Type: "SecureString" as const };
            await new SSMClient({ region: REGION }).send(new PutParameterCommand(put));
        }
        stack.write("heritages/shop.yml", SHOP("sticky_seconds: 600"));
    });
    after(async () => {
        await stack?.cleanUp();
        await account?.destroy();
    });

    const isConverted = (urn: string) =>
        CONVERTED.heritages.some((name) => new RegExp(`::public-${name}(\\b|\\.)`).test(urn));
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
        expect((await stack.outputs()).serviceUrls!.value).to.include({
            "shop-web": "https://shop.id.example.com",
            "shop-rpc": "https://rpc.id.example.com",
        });
        const rules = (await stack.resources()).filter(
            ({ type, urn }) => type === "aws:lb/listenerRule:ListenerRule" && !isConverted(urn),
        );
        expect(rules).to.have.length(3 * 2 + 1 + 1); // six paths of three hosts, the redirect, gRPC
        const names = (await stack.resources())
            .filter(
                ({ type, urn }) => type === "aws:route53/record:Record" && !/-proof$/.test(urn) && !isConverted(urn),
            )
            .map(({ outputs }) => outputs!.name);
        expect(names).to.have.members([
            "shop.id.example.com",
            "id.example.com",
            "rpc.id.example.com",
            "www.other.example",
            "other.example",
        ]);
        const { id: ListenerArn } = await found("aws:lb/listener:Listener", "public-443");
        const { Certificates = [] } = await elb.send(new DescribeListenerCertificatesCommand({ ListenerArn }));
        expect(Certificates.filter(({ IsDefault }) => !IsDefault)).to.have.length(2);
        expect(await sticky()).to.include({
            "stickiness.enabled": "true",
            "stickiness.lb_cookie.duration_seconds": "600",
        });
    });

    it("and converted ones come up with them: their services, files, tasks and bindings", async () => {
        const { serviceNames, serviceUrls } = await stack.outputs();
        expect(serviceNames!.value).to.include.keys(
            "heroku-node-web",
            "live-chat-app",
            "live-chat-worker",
            "hello-web",
            "nginx-php-php",
            "nginx-php-nginx-nginx",
        );
        expect(serviceUrls!.value).to.include({ "heroku-node-web": "https://heroku-node.id.example.com" });
        expect((await found("aws:scheduler/schedule:Schedule", "report-report")).inputs!.scheduleExpression).to.equal(
            "cron(0 9 ? * MON-FRI *)",
        );
        for (const name of ["live-chat-uploads", "nginx-php-uploads"]) {
            expect(await found("aws:efs/fileSystem:FileSystem", name)).not.to.equal(undefined);
        }
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
