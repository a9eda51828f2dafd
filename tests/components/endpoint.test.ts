import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { CertificateAuthority } from "../../components/certificate-authority";
import { Endpoint, type EndpointArgs, type RouteArgs } from "../../components/endpoint";
import { Priorities } from "../../components/endpoint/rules";
import { make, VPC } from "./support";

const HTTPS = { certificateArn: "arn:certificate", domain: "id.example.com", zoneId: "Z1" };
const ROUTE: RouteArgs = { host: "issuer", port: 8020, healthCheck: { path: "/status/ready", port: 8021 } };

const endpoint = (args: Partial<EndpointArgs> = {}, routes: Record<string, RouteArgs> = {}) =>
    make(() => {
        const made = new Endpoint("public", { vpc: VPC, allowedCidrs: ["0.0.0.0/0"], ...args });
        const urls = Object.entries(routes).map(([name, route]) => [name, made.route(name, route).url]);
        return { dnsName: made.dnsName, ...Object.fromEntries(urls) };
    });

describe("Endpoint", () => {
    describe("over plain HTTP", () => {
        it("is a load balancer that nobody reaches, and that reaches nobody but its targets", async () => {
            const made = await endpoint();
            expect(made.childrenOf("identity.Endpoint")).to.deep.equal([
                "aws.ec2.SecurityGroup public",
                "aws.ec2.SecurityGroup public-targets",
                "aws.lb.LoadBalancer public",
                "aws.vpc.SecurityGroupEgressRule public-to-targets",
            ]);
            expect(made.rules()).to.deep.equal(["public: out tcp 1-65535 public-targets"]);
            expect(made.inputs("aws.ec2.SecurityGroup", "public")).to.deep.equal({
                vpcId: VPC.id,
                description: "Load balancer public",
            });
            expect(made.inputs("aws.ec2.SecurityGroup", "public-targets")).to.deep.equal({
                vpcId: VPC.id,
                description: "What the load balancer public may connect to",
            });
        });

        it("has a listener on the port of each route", async () => {
            const made = await endpoint({}, { issuer: ROUTE, holder: { ...ROUTE, port: 8030 } });
            expect(made.childrenOf("identity.Endpoint")).to.deep.equal([
                "aws.ec2.SecurityGroup public",
                "aws.ec2.SecurityGroup public-targets",
                "aws.lb.Listener public-8020",
                "aws.lb.Listener public-8030",
                "aws.lb.LoadBalancer public",
                "aws.lb.TargetGroup public-holder",
                "aws.lb.TargetGroup public-issuer",
                "aws.vpc.SecurityGroupEgressRule public-to-targets",
                "aws.vpc.SecurityGroupIngressRule public-8020-from-0-0-0-0-0",
                "aws.vpc.SecurityGroupIngressRule public-8030-from-0-0-0-0-0",
            ]);
            expect(made.inputs("aws.lb.Listener", "public-8020")).to.deep.equal({
                loadBalancerArn: made.one("aws.lb.LoadBalancer").outputs.arn,
                port: 8020,
                protocol: "HTTP",
                defaultActions: [
                    { type: "forward", targetGroupArn: made.one("aws.lb.TargetGroup", "public-issuer").outputs.arn },
                ],
            });
            const { dnsName } = made.one("aws.lb.LoadBalancer").outputs;
            expect(made.outputs).to.deep.equal({
                dnsName,
                issuer: `http://${dnsName}:8020`,
                holder: `http://${dnsName}:8030`,
            });
        });

        it("lets in whom it is told, on the ports of its listeners", async () => {
            const args = { allowedCidrs: ["10.0.0.0/16", "192.0.2.0/24"], allowedSecurityGroupIds: ["sg-1"] };
            const made = await endpoint(args, { issuer: ROUTE });
            expect(made.rules()).to.deep.equal([
                "public: in tcp 8020-8020 10.0.0.0/16",
                "public: in tcp 8020-8020 192.0.2.0/24",
                "public: in tcp 8020-8020 sg-1",
                "public: out tcp 1-65535 public-targets",
            ]);
        });

        it("lets in addresses that are known when they are made", async () => {
            const made = await endpoint({ allowedCidrs: [], allowedAddresses: ["192.0.2.1"] }, { issuer: ROUTE });
            expect(made.rules()).to.deep.equal([
                "public: in tcp 8020-8020 192.0.2.1/32",
                "public: out tcp 1-65535 public-targets",
            ]);
            expect(made.all("aws.vpc.SecurityGroupIngressRule").map(({ name }) => name)).to.deep.equal([
                "public-8020-from-nat-1",
            ]);
        });

        it("lets in nobody where it is told nobody", async () => {
            const made = await endpoint({ allowedCidrs: [] }, { issuer: ROUTE });
            expect(made.rules()).to.deep.equal(["public: out tcp 1-65535 public-targets"]);
        });
    });

    it("lets in the members of one more group on each of its ports, and on those that come later", async () => {
        const made = await make(() => {
            const one = new Endpoint("admin", { vpc: VPC, allowedCidrs: [] });
            one.route("issuer", ROUTE);
            const rules = one.allow("blog-web", "sg-blog");
            one.route("holder", { ...ROUTE, port: 8030 });
            return { rules: rules.map(({ urn }) => urn) };
        });
        expect(made.rules()).to.deep.equal([
            "admin: in tcp 8020-8020 sg-blog",
            "admin: in tcp 8030-8030 sg-blog",
            "admin: out tcp 1-65535 admin-targets",
        ]);
        const [first] = made.all("aws.vpc.SecurityGroupIngressRule");
        expect(first!.name).to.equal("admin-8020-from-blog-web");
        expect(made.outputs.rules).to.deep.equal([first!.urn]);
    });

    describe("over HTTPS", () => {
        it("answers 404 to what it refuses, before any route, and is made before it", async () => {
            for (const [https, host] of [
                [HTTPS, [{ hostHeader: { values: ["auth.id.example.com"] } }]],
                [undefined, []],
            ] as const) {
                const made = await make(() => {
                    const own = https ?? { authority: new CertificateAuthority("ca") };
                    const one = new Endpoint("public", { vpc: VPC, allowedCidrs: [], https: own });
                    one.refuse("auth", { host: "auth", paths: ["/realms/master", "/realms/master/*"] });
                    const { url } = one.route("auth", {
                        ...ROUTE,
                        host: "auth",
                        paths: ["/realms/*"],
                        httpsOnly: true,
                    });
                    return { url };
                });
                const refused = made.one(
                    "aws.lb.ListenerRule",
                    `public-${host.length ? "auth" : ""}/realms/master,/realms/master/*`,
                );
                const route = made.one("aws.lb.ListenerRule", `public-${host.length ? "auth" : ""}/realms/*`);
                expect(refused.inputs.conditions).to.deep.equal([
                    ...host,
                    { pathPattern: { values: ["/realms/master", "/realms/master/*"] } },
                ]);
                expect(refused.inputs.priority).to.be.below(route.inputs.priority as number);
                expect(made.waitsFor(route)).to.include(`aws.lb.ListenerRule ${refused.name}`);
            }
        });

        it("answers 404 over TLS to what matches no route, and sends plain HTTP on to it", async () => {
            const made = await endpoint({ https: HTTPS });
            const loadBalancerArn = made.one("aws.lb.LoadBalancer").outputs.arn;
            expect(made.all("aws.lb.Listener")).to.have.length(2);
            expect(made.inputs("aws.lb.Listener", "public-443")).to.deep.equal({
                loadBalancerArn,
                port: 443,
                protocol: "HTTPS",
                sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
                certificateArn: "arn:certificate",
                defaultActions: [
                    {
                        type: "fixed-response",
                        fixedResponse: { contentType: "text/plain", statusCode: "404", messageBody: "Not found" },
                    },
                ],
            });
            expect(made.inputs("aws.lb.Listener", "public-80")).to.deep.equal({
                loadBalancerArn,
                port: 80,
                protocol: "HTTP",
                defaultActions: [
                    { type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } },
                ],
            });
            expect(made.rules()).to.deep.equal([
                "public: in tcp 443-443 0.0.0.0/0",
                "public: in tcp 80-80 0.0.0.0/0",
                "public: out tcp 1-65535 public-targets",
            ]);
        });

        it("has a rule and a name for each route, and no port of its own for it", async () => {
            const made = await endpoint({ https: HTTPS }, { issuer: ROUTE });
            expect(made.inputs("aws.lb.ListenerRule", "public-issuer")).to.deep.equal({
                listenerArn: made.one("aws.lb.Listener", "public-443").outputs.arn,
                priority: new Priorities().of("", { host: "issuer", paths: [] }),
                conditions: [{ hostHeader: { values: ["issuer.id.example.com"] } }],
                actions: [{ type: "forward", targetGroupArn: made.one("aws.lb.TargetGroup").outputs.arn }],
            });
            const { dnsName, zoneId } = made.one("aws.lb.LoadBalancer").outputs;
            expect(made.inputs("aws.route53.Record", "public-issuer")).to.deep.equal({
                zoneId: "Z1",
                name: "issuer.id.example.com",
                type: "A",
                aliases: [{ name: dnsName, zoneId, evaluateTargetHealth: true }],
            });
            expect(made.outputs.issuer).to.equal("https://issuer.id.example.com");
            expect(made.all("aws.lb.Listener").map(({ name }) => name)).to.deep.equal(["public-443", "public-80"]);
        });

        it("tells two routes of one host apart by their paths, with one record for both", async () => {
            const posts = { ...ROUTE, paths: ["/posts", "/posts/*"] };
            const made = await endpoint({ https: HTTPS }, { issuer: ROUTE, posts });
            expect(made.all("aws.lb.ListenerRule").map(({ inputs }) => inputs.conditions)).to.deep.equal([
                [{ hostHeader: { values: ["issuer.id.example.com"] } }],
                [
                    { hostHeader: { values: ["issuer.id.example.com"] } },
                    { pathPattern: { values: ["/posts", "/posts/*"] } },
                ],
            ]);
            expect(made.all("aws.route53.Record")).to.have.length(1);
            expect(made.outputs.posts).to.equal("https://issuer.id.example.com/posts");
        });

        it("has a certificate of the stack's own authority where there is no domain", async () => {
            const made = await make(() => {
                const authority = new CertificateAuthority("authority");
                const one = new Endpoint("public", { vpc: VPC, allowedCidrs: [], https: { authority } });
                const tls = { ...ROUTE, paths: ["/a"], targetProtocol: "HTTPS" as const, httpsOnly: true };
                return { tls: one.route("hello", tls).url, plain: one.route("issuer", ROUTE).url };
            });
            const { dnsName } = made.one("aws.lb.LoadBalancer").outputs;
            expect(made.outputs).to.deep.equal({ tls: `https://${dnsName}/a`, plain: `http://${dnsName}:8020` });
            expect(made.inputs("tls.CertRequest")).to.deep.include({
                dnsNames: [dnsName],
                subject: { commonName: "public.test.internal" }, // a listener refuses one that is no name of DNS
            });
            expect(made.inputs("aws.acm.Certificate").privateKey).to.equal("[secret]");
            const { certificateArn, sslPolicy } = made.inputs("aws.lb.Listener", "public-443");
            expect(certificateArn).to.equal(made.one("aws.acm.Certificate").outputs.arn);
            expect(sslPolicy).to.match(/TLS13-1-2/);
            expect(made.all("aws.route53.Record")).to.deep.equal([]);
        });

        it("speaks TLS on a port of its own where a route asks for it, and has nothing on 443 for that", async () => {
            const made = await make(() => {
                const authority = new CertificateAuthority("authority");
                const one = new Endpoint("admin", { vpc: VPC, internal: true, allowedCidrs: [], https: { authority } });
                const both = [8021, 8031].map((port) => one.route(`a${port}`, { ...ROUTE, port, ownPortTls: true }));
                return { urls: both.map(({ url }) => url) };
            });
            const { dnsName } = made.one("aws.lb.LoadBalancer").outputs;
            expect(made.outputs.urls).to.deep.equal([`https://${dnsName}:8021`, `https://${dnsName}:8031`]);
            expect(made.all("aws.lb.Listener").map(({ name }) => name)).to.deep.equal(["admin-8021", "admin-8031"]);
            const certificateArn = made.one("aws.acm.Certificate").outputs.arn;
            for (const { inputs } of made.all("aws.lb.Listener")) {
                expect(inputs).to.include({ protocol: "HTTPS", certificateArn });
                expect(inputs.sslPolicy).to.match(/TLS13-1-2/);
            }
        });

        it("does not listen on plain HTTP within the VPC", async () => {
            const made = await endpoint({ https: HTTPS, internal: true, allowedCidrs: ["10.0.0.0/16"] });
            expect(made.all("aws.lb.Listener").map(({ name }) => name)).to.deep.equal(["public-443"]);
            expect(made.rules()).to.deep.equal([
                "public: in tcp 443-443 10.0.0.0/16",
                "public: out tcp 1-65535 public-targets",
            ]);
        });
    });

    for (const [internal, subnets] of [
        [undefined, VPC.publicSubnetIds],
        [false, VPC.publicSubnetIds],
        [true, VPC.privateSubnetIds],
    ] as const) {
        it(`is in the right subnets where internal is ${internal}`, async () => {
            const made = await endpoint({ internal });
            expect(made.inputs("aws.lb.LoadBalancer")).to.deep.equal({
                loadBalancerType: "application",
                internal: internal ?? false,
                subnets,
                securityGroups: [made.one("aws.ec2.SecurityGroup", "public").id],
                dropInvalidHeaderFields: true,
                enableDeletionProtection: false,
                idleTimeout: 60,
                accessLogs: { bucket: "", enabled: false },
                connectionLogs: { bucket: "", enabled: false },
            });
        });
    }

    it("keeps access logs and connection logs under its own name, and a silent connection as long as it is told", async () => {
        const made = await endpoint({ accessLogBucket: "logs", idleTimeoutSeconds: 300 });
        expect(made.inputs("aws.lb.LoadBalancer")).to.deep.include({
            accessLogs: { bucket: "logs", prefix: "public", enabled: true },
            connectionLogs: { bucket: "logs", prefix: "public", enabled: true },
            idleTimeout: 300,
        });
    });

    for (const protect of [true, false, undefined]) {
        it(`may${protect ? " not" : ""} be deleted where protect is ${protect}`, async () => {
            const made = await endpoint({ protect }, { issuer: ROUTE });
            expect(made.inputs("aws.lb.LoadBalancer").enableDeletionProtection).to.equal(protect ?? false);
            expect(made.one("aws.lb.LoadBalancer").protect).to.equal(protect ?? false);
            expect(made.one("aws.lb.TargetGroup").protect).to.equal(false);
        });
    }

    describe("a route", () => {
        it("has a target group of addresses, found healthy by its own check", async () => {
            const made = await endpoint({}, { "a-long-name": ROUTE });
            expect(made.inputs("aws.lb.TargetGroup", "public-a-long-name")).to.deep.equal({
                namePrefix: "alongn",
                vpcId: VPC.id,
                targetType: "ip",
                protocol: "HTTP",
                port: 80,
                deregistrationDelay: 30,
                healthCheck: {
                    protocol: "HTTP",
                    port: "8021",
                    path: "/status/ready",
                    matcher: "200",
                    interval: 10,
                    timeout: 5,
                    healthyThreshold: 2,
                    unhealthyThreshold: 3,
                },
            });
        });

        it("is checked on the target's port where no other is given", async () => {
            const made = await endpoint({}, { issuer: { ...ROUTE, healthCheck: { path: "/" } } });
            expect(made.inputs("aws.lb.TargetGroup").healthCheck).to.include({ port: "8020", path: "/" });
        });

        for (const [https, listening, child] of [
            [undefined, "aws.lb.Listener", "public-8020"],
            [HTTPS, "aws.lb.ListenerRule", "public-issuer"],
        ] as const) {
            it(`tells a service what to register with and whom to let in, by way of ${listening}`, async () => {
                const made = await make(() => {
                    const route = new Endpoint("public", { vpc: VPC, allowedCidrs: [], https }).route("issuer", ROUTE);
                    const { listening, ...rest } = route;
                    return { ...rest, listening: listening[0]!.urn };
                });
                const { url, metrics, ...rest } = made.outputs;
                expect(url).to.match(https ? /^https:/ : /^http:/);
                expect(metrics).to.deep.equal({
                    loadBalancer: made.one("aws.lb.LoadBalancer").outputs.arnSuffix,
                    targetGroup: made.one("aws.lb.TargetGroup").outputs.arnSuffix,
                });
                expect(rest).to.deep.equal({
                    endpoint: "public",
                    targetGroupArn: made.one("aws.lb.TargetGroup").outputs.arn,
                    port: 8020,
                    healthCheckPort: 8021,
                    loadBalancerGroupId: made.one("aws.ec2.SecurityGroup", "public").id,
                    targetsGroupId: made.one("aws.ec2.SecurityGroup", "public-targets").id,
                    listening: made.one(listening, child).urn,
                });
            });
        }
    });

    it("lets what it gives to its load balancer, listeners and target groups be changed", async () => {
        const made = await endpoint(
            {
                transform: {
                    loadBalancer: { desyncMitigationMode: "strictest" },
                    listener: (args, opts: pulumi.CustomResourceOptions, name) => {
                        args.tags = { name };
                        opts.protect = true;
                    },
                },
            },
            { issuer: { ...ROUTE, transform: { targetGroup: { slowStart: 30 } } } },
        );
        expect(made.inputs("aws.lb.LoadBalancer")).to.include({
            desyncMitigationMode: "strictest",
            dropInvalidHeaderFields: true,
        });
        expect(made.inputs("aws.lb.Listener").tags).to.deep.equal({ name: "public-8020" });
        expect(made.one("aws.lb.Listener").protect).to.equal(true);
        expect(made.inputs("aws.lb.TargetGroup")).to.include({ slowStart: 30, targetType: "ip" });
    });
});
