import { expect } from "chai";
import type { Prepared } from "../../automation/local/prepare";
import type { PlannedStack } from "../../automation/plan/plan-stack";
import { service, shopOnLaptop } from "./local/support";

const id = (digit: number) => `subnet-0000000000000000${digit}`;
const STACK = `config:
  aws:region: ap-northeast-1
  identity:environment: dev
  identity:publicEndpoint:
    plainHttp: true
    webAcl: arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/public/11111111-2222-3333-4444-555555555555
  identity:cluster: { existing: shared }
  identity:network:
    existing:
      vpc: vpc-0123456789abcdef0
      subnets: { public: [${id(1)}, ${id(2)}], private: [${id(3)}, ${id(4)}] }
  identity:heritages: [shop]
`;
const HERITAGE = `image: example.com/app@sha256:${"a".repeat(64)}
user: "1001:1002"
volumes:
    all: { efs: { existing: fs-0123456789abcdef0 } }
    own: { efs: { existing: fs-0123456789abcdef0, directory: /shop } }
uses:
    db: { host: { name: a.example.com, port: 5432, security_group: sg-0123456789abcdef0 } }
    replica: { host: { name: b.example.com, port: 5432, security_group: sg-0123456789abcdef0 } }
services:
    web: { mounts: { all: /all, own: /own } }
`;

describe("a stack in what exists already", () => {
    let planned: PlannedStack;
    let onLaptop: Prepared;
    before(async () => {
        ({ planned, shop: onLaptop } = await shopOnLaptop(STACK, HERITAGE));
    });
    const inputs = (type: string) => planned.resources.filter((one) => one.type === type).map((one) => one.inputs);

    it("makes no cluster and no file system, and puts the web ACL before the public load balancer", () => {
        expect(inputs("aws:ecs/cluster:Cluster")).to.deep.equal([]);
        expect(inputs("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders")).to.deep.equal([]);
        expect(inputs("aws:efs/fileSystem:FileSystem")).to.deep.equal([]);
        const [service] = inputs("aws:ecs/service:Service");
        expect(service!.cluster).to.equal("arn:aws:ecs:ap-northeast-1:123456789012:cluster/shared");
        const [association, ...others] = inputs("aws:wafv2/webAclAssociation:WebAclAssociation");
        expect(association!.resourceArn).to.match(/loadbalancer\/app\/public-/);
        expect(others).to.deep.equal([]);
    });

    it("has an access point for each directory, as the heritage's user; the root keeps its owner", () => {
        const points = inputs("aws:efs/accessPoint:AccessPoint");
        for (const point of points) expect(point.posixUser).to.deep.equal({ uid: 1001, gid: 1002 });
        expect(points.map(({ rootDirectory }) => rootDirectory)).to.deep.equal([
            { path: "/" },
            { path: "/shop", creationInfo: { ownerUid: 1001, ownerGid: 1002, permissions: "0755" } },
        ]);
    });

    it("opens each port of a group once for each task, however many volumes and bindings lead there", () => {
        const own = (rule: Record<string, unknown>) => rule.fromPort === 5432 || rule.fromPort === 2049;
        const opened = (type: string) =>
            inputs(`aws:vpc/${type}:${type[0]!.toUpperCase()}${type.slice(1)}`)
                .filter(own)
                .map((rule) => [rule.securityGroupId, rule.referencedSecurityGroupId, rule.fromPort].join(" "));
        for (const type of ["securityGroupIngressRule", "securityGroupEgressRule"]) {
            const all = opened(type);
            expect(all).to.have.length(3); // the service's tasks: files and database; the one-off task: the database
            expect(new Set(all).size).to.equal(3);
        }
    });

    it("has a volume of Docker for each directory on a laptop", () => {
        const volumes = service(onLaptop, "shop-web-1").volumes as { source?: string; target: string }[];
        const sources = volumes.filter(({ target }) => /^\/(all|own)$/.test(target)).map(({ source }) => source);
        expect(sources).to.deep.equal(["shop-all", "shop-own"]);
    });
});
