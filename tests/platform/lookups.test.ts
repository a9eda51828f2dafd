import { expect } from "chai";
import { readConfig } from "../../config/load";
import { wrongAccount } from "../../platform/account";
import { lookUps } from "../../platform/lookups";
import { DEV, handedOver, PROD } from "../config/support";

type Answer = (input: Record<string, unknown>) => unknown;

/** Answers by the name of what is asked; what has no answer is refused. */
function aws(answers: Record<string, Answer>) {
    const asked: string[] = [];
    const client = {
        send: (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
            const name = command.constructor.name.replace(/Command$/, "");
            asked.push(name);
            const answer = answers[name];
            const refused = Object.assign(new Error("not allowed"), { name: "AccessDeniedException" });
            return answer ? Promise.resolve().then(() => answer(command.input)) : Promise.reject(refused);
        },
    };
    return {
        asked,
        clients: {
            sts: client,
            ssm: client,
            ec2: client,
            ecr: client,
            rds: client,
            route53: client,
            secretsManager: client,
        } as never,
    };
}

const zones = (...names: string[]) => ({
    AvailabilityZones: names.map((ZoneName) => ({ ZoneName, State: "available", ZoneType: "availability-zone" })),
});
const TOKYO = zones("ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d");
/** An account in which everything is there. */
const WELL: Record<string, Answer> = {
    GetCallerIdentity: () => ({ Account: "111111111111" }),
    GetParameters: ({ Names }) => ({ Parameters: (Names as string[]).map((Name) => ({ Name, Version: 3 })) }),
    GetParameter: () => ({}),
    GetParametersByPath: () => ({ Parameters: [] }),
    GetAuthorizationToken: () => ({}),
    DescribeAvailabilityZones: () => TOKYO,
    DescribeSecurityGroups: () => ({ SecurityGroups: [] }),
    ListHostedZonesByName: () => ({ HostedZones: [{ Id: "/hostedzone/Z1", Name: "id.example.com." }] }),
};
const EVERYTHING =
    `${PROD}agents: { issuer: { secrets: { MAIL: { parameter: /team/mail } } } }\n` +
    'keycloak: { version: "26.7.3" }\nworkbench: {}\n';

const DIGEST = "0".repeat(64);
/** One cluster of agents, on an image that is there. */
const ENVOY = `envoyImage: r@sha256:${DIGEST}\n`;
const AGENTS = `agents: { issuer: {} }\nagentImage: r@sha256:${DIGEST}\n`;

async function lookedUp(yaml: string, answers: Record<string, Answer> = {}, settings: Record<string, string> = {}) {
    const all = handedOver(yaml);
    const { config, problems: mistakes } = readConfig(all, "identity", () => true, "prod");
    expect(mistakes).to.deep.equal([]);
    const { asked, clients } = aws({ ...WELL, ...answers });
    const region = "ap-northeast-1";
    const found = await lookUps({ project: "identity", stack: "prod", region, settings, config }, clients);
    return { ...found, asked: asked.sort(), said: found.problems.map(({ what, fix }) => `${what} → ${fix}`) };
}

const throws = (name: string, message: string) => () => {
    throw Object.assign(new Error(message), { name });
};

describe("What AWS is asked before anything is made", () => {
    describe("of Secrets Manager", () => {
        const SECRET = `${PROD}agents: { issuer: { secrets: { A: { secret: prod/a, key: k }, B: { secret: prod/a } } } }\n`;
        const ARN = "arn:aws:secretsmanager:ap-northeast-1:111111111111:secret:prod/a-AbCdEf";
        const described = { ARN, VersionIdsToStages: { v1: ["AWSPREVIOUS"], v2: ["AWSCURRENT"] } };

        it("is each secret once: its ARN, and the version that is current", async () => {
            const { said, secrets, asked } = await lookedUp(SECRET, { DescribeSecret: () => described });
            expect(said).to.deep.equal([]);
            expect([...secrets]).to.deep.equal([["prod/a", { arn: ARN, version: "v2" }]]);
            expect(asked.filter((name) => name === "DescribeSecret")).to.have.length(1);
        });

        it("tells of one that is not there, that is to be deleted, or whose key nobody named", async () => {
            const { ResourceNotFoundException } = await import("@aws-sdk/client-secrets-manager");
            const missing = () => {
                throw new ResourceNotFoundException({ message: "none", $metadata: {} });
            };
            const answers: [Answer, RegExp][] = [
                [missing, /has no secret prod\/a \(ap-northeast-1\), which issuer reads as A → whoever keeps it/],
                [() => ({ ...described, DeletedDate: new Date() }), /has no secret prod\/a/],
                [() => ({ ...described, KmsKeyId: "arn:aws:kms:x:1:key/2" }), /a key of its own → .*key_arn.*key\/2/],
            ];
            for (const [DescribeSecret, expected] of answers) {
                const { said } = await lookedUp(SECRET, { DescribeSecret });
                expect(said).to.have.length(1);
                expect(said[0]).to.match(expected);
            }
        });
    });

    it("is all that the program will look up, and versions come back", async () => {
        const { said, account, versions, asked } = await lookedUp(EVERYTHING);
        expect(said).to.deep.equal([]);
        expect(account).to.equal("111111111111");
        expect([...versions]).to.deep.equal([["/team/mail", 3]]);
        expect(asked).to.deep.equal(Object.keys(WELL).sort());
    });

    it("is no more than the stack needs", async () => {
        const { asked } = await lookedUp(`${DEV}${AGENTS}${ENVOY}`);
        const own = ["DescribeAvailabilityZones", "DescribeSecurityGroups", "GetCallerIdentity"];
        expect(asked).to.deep.equal([...own, "GetParameter"]); // the NAT instance's AMI
        const { asked: made } = await lookedUp(
            PROD.replace("id.example.com }", "id.example.com, createZone: true }") + AGENTS,
        );
        expect(made).not.to.include("ListHostedZonesByName");
    });

    it("is RDS alone of what a stack has had before, and only where databases are on a shared instance", async () => {
        const shared = `${DEV}${AGENTS}sharedDatabase: {}\nwalletDb: { shared: true }\n`;
        const { said, asked } = await lookedUp(shared);
        expect(asked).to.include("DescribeDBInstances");
        expect(said).to.have.length(1);
        expect(said[0]).to.match(/own database instances cannot be looked up: .* needs rds:DescribeDBInstances and/);
        const instance = { DBInstanceIdentifier: "identity-prod-wallet-db-0a1b2c3d", DBInstanceStatus: "available" };
        const { said: left } = await lookedUp(shared, {
            DescribeDBInstances: () => ({ DBInstances: [instance] }),
            DescribeDBSnapshots: () => ({}),
        });
        expect(left).to.have.length(1);
        expect(left[0]).to.contain(
            "identity:walletDb.shared: an `up` would delete the instance identity-prod-wallet-db-0a1b2c3d",
        );
    });

    it("is told all at once, where it is not there", async () => {
        const { said } = await lookedUp(EVERYTHING, {
            GetParameters: () => ({}),
            GetParameter: throws("ParameterNotFound", "no such parameter"),
            ListHostedZonesByName: () => ({
                HostedZones: [{ Name: "id.example.com.", Config: { PrivateZone: true } }],
            }),
            DescribeAvailabilityZones: () => zones("ap-northeast-1a", "ap-northeast-1c"),
        });
        expect(said).to.have.length(4);
        expect(said[0]).to.match(
            /^SSM has no parameter \/team\/mail \(ap-northeast-1\), which issuer reads as MAIL → whoever/,
        );
        expect(said[1]).to.match(/^account 111111111111 has no public hosted zone id\.example\.com → make the zone/);
        expect(said[2]).to.match(/1a, ap-northeast-1c, and the stack wants 3 → network\.zones: 2$/);
        expect(said[3]).to.match(
            /^the newest AMI of Amazon Linux \(\/aws\/service\/.*\) cannot be looked up: no such parameter/,
        );
    });

    it("says what has to be allowed, for each that is refused", async () => {
        const denied = Object.fromEntries(
            Object.keys(WELL)
                .filter((name) => name !== "GetCallerIdentity")
                .map((name) => [name, throws("AccessDeniedException", "not allowed")]),
        );
        const { said } = await lookedUp(EVERYTHING, denied);
        expect(said).to.have.length(7);
        for (const action of [
            "ec2:DescribeSecurityGroups and ec2:DescribeVpcs",
            "ssm:GetParameters on them",
            "route53:ListHostedZonesByName",
            "ec2:DescribeAvailabilityZones",
            "ssm:GetParametersByPath on /identity/prod/versions/keycloak",
            "ssm:GetParameter on it",
            "ecr:GetAuthorizationToken",
        ]) {
            expect(said.join("\n")).to.contain(`whoever runs this needs ${action}`);
        }
    });

    it("is nothing else where the credentials are none, or another account's", async () => {
        const none = await lookedUp(EVERYTHING, {
            GetCallerIdentity: throws("InvalidClientTokenId", "The security token included in the request is invalid."),
        });
        expect(none.said).to.have.length(1);
        expect(none.said[0]).to.match(
            /^whose the credentials are cannot be looked up: AWS takes no credentials: The security/,
        );
        const other = await lookedUp(EVERYTHING, {}, { "aws:allowedAccountIds": '["222222222222"]' });
        expect(other.said).to.have.length(1);
        expect(other.said[0]).to.contain("111111111111; the stack expects 222222222222");
        for (const { asked } of [none, other]) expect(asked).to.deep.equal(["GetCallerIdentity"]);
    });

    it("is whether the stack is in a VPC that it did not make, and that the file names no longer", async () => {
        const tags = (Stack: string) =>
            Object.entries({ Project: "identity", Stack, ManagedBy: "pulumi" }).map(([Key, Value]) => ({ Key, Value }));
        const inVpc = (Tags: object[]) =>
            lookedUp(DEV + AGENTS, {
                DescribeSecurityGroups: ({ Filters }) => ({
                    SecurityGroups: JSON.stringify(Filters).includes('"Values":["prod"]')
                        ? [{ GroupId: "sg-1", VpcId: "vpc-9" }]
                        : [],
                }),
                DescribeVpcs: () => ({ Vpcs: [{ VpcId: "vpc-9", Tags }] }),
            });
        expect((await inVpc(tags("prod"))).said).to.deep.equal([]); // its own
        for (const others of [[], tags("dev")]) {
            const { said } = await inVpc(others);
            expect(said).to.have.length(1);
            expect(said[0]).to.match(/^this stack is in vpc-9, which it did not make .*no network\.existing → network/);
        }
    });

    it("finds the zone among those whose names come after it, and refuses two of the same name", async () => {
        const hosted = (...found: object[]) =>
            lookedUp(PROD + AGENTS, { ListHostedZonesByName: () => ({ HostedZones: found }) });
        const [own, other] = [
            { Id: "/hostedzone/Z1", Name: "id.example.com." },
            { Id: "/hostedzone/Z2", Name: "id.example.org." },
        ];
        expect((await hosted(own, other)).said).to.deep.equal([]);
        expect((await hosted(other)).said).to.have.length(1);
        const { said } = await hosted(own, { ...own, Id: "/hostedzone/Z3" });
        expect(said[0]).to.match(/has 2 public hosted zones id\.example\.com → delete .*Z1, Z3$/);
    });

    it("asks for the zones of further domains, each once, and says which are not there", async () => {
        const domains =
            "domains: [{ name: a.example }, { name: b.other.example, zone: other.example }, { name: c.other.example, zone: other.example }, " +
            "{ name: shop.example.com, zone: id.example.com }]\n";
        const zones: unknown[] = [];
        const answer: Answer = ({ DNSName }) => {
            zones.push(DNSName);
            return {
                HostedZones: DNSName === "a.example" ? [] : [{ Id: "/hostedzone/Z", Name: `${String(DNSName)}.` }],
            };
        };
        const { said } = await lookedUp(`${PROD}${AGENTS}${domains}`, { ListHostedZonesByName: answer });
        expect(zones.sort()).to.deep.equal(["a.example", "id.example.com", "other.example"]);
        expect(said).to.have.length(1);
        expect(said[0]).to.match(/has no public hosted zone a\.example → make the zone.*identity:domains/);
    });

    it("knows a zone of the region from a Local Zone, and takes one that is impaired for none", async () => {
        const local = { ZoneName: "ap-northeast-1-tpe-1a", State: "available", ZoneType: "local-zone" };
        const impaired = { ZoneName: "ap-northeast-1d", State: "impaired", ZoneType: "availability-zone" };
        const { said } = await lookedUp(PROD + AGENTS, {
            DescribeAvailabilityZones: () => ({
                AvailabilityZones: [...zones("ap-northeast-1a", "ap-northeast-1c").AvailabilityZones, local, impaired],
            }),
        });
        expect(said[0]).to.match(/has the availability zones ap-northeast-1a, ap-northeast-1c, and the stack wants 3/);
        const named = await lookedUp(`${PROD}${AGENTS}network: { zoneNames: [ap-northeast-1a, ap-northeast-1b] }\n`);
        expect(named.said[0]).to.match(/and not ap-northeast-1b → network\.zoneNames/);
    });
});

describe("The account that a stack file expects", () => {
    it("is taken as a list, as one, and as numbers", () => {
        for (const allowed of ['["111111111111"]', "[111111111111]", "111111111111"]) {
            expect(wrongAccount("111111111111", { "aws:allowedAccountIds": allowed })).to.equal(undefined);
            expect(wrongAccount("222222222222", { "aws:allowedAccountIds": allowed })).to.include.keys("what", "fix");
        }
        const forbidden = { "aws:forbiddenAccountIds": '["111111111111"]' };
        expect(wrongAccount("111111111111", forbidden)!.what).to.contain("rules out");
    });
});
