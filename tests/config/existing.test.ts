import { expect } from "chai";
import { type BrokenBlog, readBlog, refusesBlog } from "./blog-support";
import { type Broken, DEV, refusals } from "./support";

const IMAGE = `example.com/app@sha256:${"a".repeat(64)}`;
const AGENTS = "agents: { issuer: {} }\n";
const id = (digit: number) => `subnet-0000000000000000${digit}`;
const NETWORK =
    "network: { existing: { vpc: vpc-0123456789abcdef0, subnets: " +
    `{ public: [${id(1)}, ${id(2)}], private: [${id(3)}, ${id(4)}] } } }\n`;
const ACL = "arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/public/11111111-2222-3333-4444-555555555555";
const withAcl = (arn: string) => `${DEV.replace("plainHttp: true", `plainHttp: true, webAcl: "${arn}"`)}${AGENTS}`;

const BROKEN: Broken = {
    "a cluster without a name": [
        `${DEV}${AGENTS}cluster: {}`,
        "identity:cluster.existing",
        /is missing/,
        /e\.g\. shared/,
    ],
    "a cluster as a text": [`${DEV}${AGENTS}cluster: shared`, "identity:cluster", /./, /existing: shared/],
    "a name that no cluster has": [
        `${DEV}${AGENTS}cluster: { existing: "the shared one" }`,
        "identity:cluster.existing",
        /is no name or ARN of a cluster/,
        /e\.g\. shared/,
    ],
    "a cluster of another region": [
        `${DEV}${AGENTS}cluster: { existing: "arn:aws:ecs:eu-west-1:111111111111:cluster/shared" }`,
        "identity:cluster.existing",
        /is a cluster in eu-west-1, and the stack is in ap-northeast-1/,
        /a cluster in ap-northeast-1/,
    ],
    "a web ACL of another region": [
        withAcl(ACL),
        "identity:publicEndpoint.webAcl",
        /in eu-west-1/,
        /in ap-northeast-1/,
    ],
    "a web ACL for CloudFront": [
        withAcl(ACL.replace("regional", "global")),
        "identity:publicEndpoint.webAcl",
        /is no ARN of a regional web ACL/,
        /of this region and account/,
    ],
    "settings of a web ACL that it has not": [
        `${DEV.replace("plainHttp: true", "plainHttp: true, webAcl: { mode: counts }")}${AGENTS}`,
        "identity:publicEndpoint.webAcl.mode",
        /counts/,
        /count/,
    ],
    "a limit below AWS's": [
        `${DEV.replace("plainHttp: true", "plainHttp: true, webAcl: { logIns: 5 }")}${AGENTS}`,
        "identity:publicEndpoint.webAcl.logIns",
        /10/,
        /Default: 600/,
    ],
    "a rule that AWS's rule set has not": [
        `${DEV.replace("plainHttp: true", "plainHttp: true, webAcl: { countOnly: [SizeRestriction_BODY] }")}${AGENTS}`,
        "identity:publicEndpoint.webAcl.countOnly[0]",
        /SizeRestriction_BODY/,
        /SizeRestrictions_BODY/,
    ],
    "a web ACL by its name": [
        withAcl("public"),
        "identity:publicEndpoint.webAcl",
        /is no ARN of a regional web ACL/,
        /of this region and account/,
    ],
};

const files = (efs: string) =>
    `image: "${IMAGE}"\nvolumes: { media: { efs: ${efs} } }\nservices: { web: { mounts: { media: /media } } }`;
const database = (host: string) => `image: "${IMAGE}"\nuses: { db: { host: ${host} } }\nservices: { web: {} }`;
const EXISTING = "existing: fs-0123456789abcdef0";
const GROUP = "security_group: sg-0123456789abcdef0";
const IN_NETWORK = DEV + NETWORK;

const BROKEN_BLOG: BrokenBlog = {
    "a file system that exists, in a VPC of the stack's own": [
        files(`{ ${EXISTING} }`),
        "heritages/blog.yml: volumes.media.efs.existing",
        /its mount targets are in a VPC that exists, and this stack makes a VPC of its own/,
        /network\.existing in the stack file/,
    ],
    "the directory of a file system that is made": [
        files("{ directory: /shop }"),
        "heritages/blog.yml: volumes.media.efs.directory",
        /is a directory of a file system that exists, and this one is made new/,
        /existing: fs-… beside it/,
    ],
    "an id that is none": [
        files("{ existing: uploads }"),
        "heritages/blog.yml: volumes.media.efs.existing",
        /"uploads" is no id of a file system/,
        /mount targets/,
        IN_NETWORK,
    ],
    "a directory without a slash": [
        files(`{ ${EXISTING}, directory: shop }`),
        "heritages/blog.yml: volumes.media.efs.directory",
        /"shop" is no directory/,
        /e\.g\. \/shop/,
        IN_NETWORK,
    ],
    "a directory that leads out": [
        files(`{ ${EXISTING}, directory: /shop/../other }`),
        "heritages/blog.yml: volumes.media.efs.directory",
        /is no directory/,
        /e\.g\. \/shop/,
        IN_NETWORK,
    ],
    "a security group in a VPC of the stack's own": [
        database(`{ name: db.example.com, port: 5432, ${GROUP} }`),
        "heritages/blog.yml: uses.db.host.security_group",
        /a security group lets in those of its own VPC, and this stack makes a VPC of its own/,
        /network\.existing in the stack file/,
    ],
    "a port that egress opens to the same group": [
        `${database(`{ name: db.example.com, port: 5432, ${GROUP} }`)}\negress: [{ port: 5432, to: sg-0123456789abcdef0 }]`,
        "heritages/blog.yml: uses.db.host.security_group",
        /opens port 5432 to sg-0123456789abcdef0, and egress does so, too/,
        /leave that line of egress out/,
        IN_NETWORK,
    ],
    "a security group that is none": [
        database("{ name: db.example.com, port: 5432, security_group: default }"),
        "heritages/blog.yml: uses.db.host.security_group",
        /"default" is no security group id/,
        /lets\s+these tasks in/,
        IN_NETWORK,
    ],
};

describe("What exists already, in a stack file,", () => {
    refusals(BROKEN);
});

describe("What exists already, in a heritage's file,", () => {
    refusesBlog(BROKEN_BLOG);

    it("is taken in a network that exists: a port that a security group opens is open", () => {
        const yaml =
            `image: "${IMAGE}"\nvolumes: { media: { efs: { ${EXISTING}, directory: /shop } } }\n` +
            `uses: { db: { host: { name: db.example.com, port: 5432, ${GROUP} } } }\n` +
            "environment: { STOCK_URL: postgresql://db.example.com/stock }\n" +
            "services: { web: { mounts: { media: /media } } }";
        const { config, problems } = readBlog(yaml, IN_NETWORK);
        expect(problems).to.deep.equal([]);
        expect(config!.heritages.blog!.volumes.media!.efs).to.include({ directory: "/shop" });
    });
});
