import { expect } from "chai";
import { CertificateAuthority } from "../../../components/certificate-authority";
import { Certificate } from "../../../components/certificate";
import { Endpoint, type RequestsArgs } from "../../../components/endpoint";
import type { NamedEndpoint } from "../../../components/endpoint/hosts";
import { make, refusal, VPC } from "../support";

const HTTPS: NamedEndpoint = {
    certificateArn: "arn:certificate",
    domain: "id.example.com",
    zoneId: "Z1",
    apexCertificateArn: "arn:apex",
    domains: [{ name: "other.example", zoneId: "Z2", certificateArn: "arn:other" }],
};
const ROUTE = { port: 8080, healthCheck: { path: "/up" } };
const routed = (requests: RequestsArgs, https: NamedEndpoint = HTTPS) =>
    make(() => {
        const made = new Endpoint("public", { vpc: VPC, allowedCidrs: [], https });
        return { url: made.route("web", { ...ROUTE, ...requests }).url };
    });
type Rule = { conditions: { hostHeader?: { values: string[] }; pathPattern?: { values: string[] } }[] };

describe("The hosts of an endpoint", () => {
    it("are labels, the domain itself and names in further domains, each with its record and rule", async () => {
        const made = await routed({ host: ["shop", "@", "www.other.example", "other.example"] });
        const records = made.all("aws.route53.Record").map(({ name, inputs }) => [name, inputs.name, inputs.zoneId]);
        expect(records).to.deep.equal([
            ["public-id.example.com", "id.example.com", "Z1"],
            ["public-other.example", "other.example", "Z2"],
            ["public-shop", "shop.id.example.com", "Z1"],
            ["public-www.other.example", "www.other.example", "Z2"],
        ]);
        const rules = made
            .all("aws.lb.ListenerRule")
            .map(({ name, inputs }) => [name, inputs as unknown as Rule] as const);
        const hosts = rules.map(([, { conditions }]) => conditions[0]!.hostHeader!.values[0]);
        expect(hosts.sort()).to.deep.equal(records.map(([, name]) => name).sort());
        expect(rules.map(([name]) => name)).to.include.members(["public-shop", "public-www.other.example"]);
        expect(made.outputs.url).to.equal("https://shop.id.example.com");
    });

    it("have the certificates of the domain itself and of further domains beside the listener's own", async () => {
        const made = await routed({ host: "shop" });
        const listenerArn = made.inputs("aws.lb.ListenerRule").listenerArn;
        expect(made.all("aws.lb.ListenerCertificate").map(({ name, inputs }) => [name, inputs])).to.deep.equal([
            ["public-443-id.example.com", { listenerArn, certificateArn: "arn:apex" }],
            ["public-443-other.example", { listenerArn, certificateArn: "arn:other" }],
        ]);
        const { domains: _, apexCertificateArn: __, ...first } = HTTPS;
        expect((await routed({ host: "shop" }, first)).all("aws.lb.ListenerCertificate")).to.deep.equal([]);
    });

    it("take more paths than one rule does, and number them from the priority on", async () => {
        const paths = ["/a", "/b", "/c", "/d", "/e"];
        const made = await routed({ host: "shop", paths, priority: 20 });
        expect(made.all("aws.lb.ListenerRule").map(({ name, inputs }) => [name, inputs.priority])).to.deep.equal([
            ["public-20", 20],
            ["public-21", 21],
        ]);
        expect(made.all("aws.lb.TargetGroup")).to.have.length(1);
    });

    it("may be sent on to another address, which has its names in DNS, too", async () => {
        const made = await make(() => {
            const endpoint = new Endpoint("public", { vpc: VPC, allowedCidrs: [], https: HTTPS });
            endpoint.redirect("web", { host: "@", to: "https://www.example.com" });
            return {};
        });
        const [action] = made.inputs("aws.lb.ListenerRule").actions as { type: string; redirect: object }[];
        expect(action!.type).to.equal("redirect");
        expect(action!.redirect).to.include({ host: "www.example.com", path: "/#{path}", statusCode: "HTTP_301" });
        expect(made.inputs("aws.route53.Record").name).to.equal("id.example.com");
        expect(made.all("aws.lb.TargetGroup")).to.deep.equal([]);
    });

    it("are refused in a domain that the endpoint has not, and redirects without a certificate", async () => {
        expect(await refusal(() => routed({ host: "www.elsewhere.example" }))).to.match(
            /www\.elsewhere\.example is in none of the endpoint's further domains \(other\.example\)/,
        );
        expect(await refusal(() => routed({ host: "a.b.other.example" }))).to.match(/none of the endpoint's/);
        const plain = () =>
            make(() => {
                const endpoint = new Endpoint("public", { vpc: VPC, allowedCidrs: [] });
                endpoint.redirect("web", { host: "a", to: "https://www.example.com" });
                return {};
            });
        expect(await refusal(plain)).to.match(/web redirects, and this endpoint has no certificate/);
    });

    it("do not tell requests apart where there is no domain: paths do", async () => {
        const made = await make(() => {
            const https = { authority: new CertificateAuthority("authority") };
            const endpoint = new Endpoint("public", { vpc: VPC, allowedCidrs: [], https });
            endpoint.route("web", { ...ROUTE, host: ["a", "b"], paths: ["/app"], httpsOnly: true });
            return {};
        });
        const { conditions } = made.inputs("aws.lb.ListenerRule") as unknown as Rule;
        expect(conditions).to.deep.equal([{ pathPattern: { values: ["/app"] } }]);
    });
});

describe("Certificates of further names", () => {
    it("are for more names that the same record proves, or proved by another one's record", async () => {
        const made = await make(() => {
            const first = new Certificate("first", { domainName: "*.a.example", alsoFor: ["a.example"], zoneId: "Z1" });
            return { arn: new Certificate("second", { domainName: "b.example", provedBy: first }).arn };
        });
        expect(made.inputs("aws.acm.Certificate", "first")).to.deep.include({ subjectAlternativeNames: ["a.example"] });
        expect(made.all("aws.route53.Record").map(({ name }) => name)).to.deep.equal(["first-proof"]);
        expect(made.inputs("aws.acm.CertificateValidation", "second").validationRecordFqdns).to.deep.equal(
            made.inputs("aws.acm.CertificateValidation", "first").validationRecordFqdns,
        );
    });
});
