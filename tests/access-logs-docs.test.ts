import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { planStack } from "../automation/plan/plan-stack";

const ROOT = path.join(__dirname, "..");
const DOCS = readFileSync(path.join(ROOT, "docs/operations.md"), "utf8");
const [TABLE, QUERY] = [...DOCS.matchAll(/```sql\n([^]*?)```/g)].map(([, sql]) => sql!);

const [, columnsText] = /requests_prod \(([^]*?)\n\)/.exec(TABLE!)!;
const columns = columnsText!.split(",").map((column) => column.trim().split(" ")[0]!);
const property = (name: string) => new RegExp(`'${name.replaceAll(".", "\\.")}' =\\s+'([^']*)'`).exec(TABLE!)![1]!;
/** As Hive's RegexSerDe reads a line: whole, or not at all, and then each column is empty. */
const rowOf = (line: string) => {
    const found = new RegExp(`^(?:${property("input.regex")})$`).exec(line)?.slice(1);
    return found && Object.fromEntries(found.map((value, i) => [columns[i], value]));
};

/** ELB user guide, "Access logs for your Application Load Balancer", "Connection logs for your Application Load Balancer". */
const GROUP = "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067";
const CERTIFICATE = "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012";
const BALANCER = "app/my-loadbalancer/50dc6c495c0c9188";
const ANSWERED =
    `https 2018-07-02T22:23:00.186641Z ${BALANCER} 192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 ` +
    `"GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ${GROUP} ` +
    `"Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "${CERTIFICATE}" 1 2018-07-02T22:22:48.364000Z ` +
    `"authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234abcd5678ef90`;
const REFUSED =
    `http 2018-11-30T22:23:00.186641Z ${BALANCER} 192.168.131.39:2817 - -1 -1 -1 503 - 34 366 ` +
    `"GET http://www.example.com:80/a?b=c d HTTP/1.1" "-" - - ${GROUP} "Root=1-58337364-23a8c76965a2ef7629b185e3" ` +
    `"-" "-" 0 2018-11-30T22:22:48.364000Z "forward" "-" "-" "-" "-" "-" "-" TID_1234abcd5678ef90`;
const HANDSHAKE =
    `2023-10-04T17:05:15.514108Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 4.036 ` +
    `"CN=amazondomains.com,O=endEntity,L=Seattle,ST=Washington,C=US" NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z ` +
    `FEF257372D5C14D4 Success TID_3180a73013c8ca4bac2f731159d4b0fe`;

describe("the table of access logs in docs/operations.md", function () {
    this.timeout(60_000);

    it("has a column for each field that it takes of a line", () => {
        expect(rowOf(ANSWERED)).to.include({
            type: "https",
            client: "192.168.131.39:2817",
            target: "10.0.0.1:80",
            target_seconds: "0.048",
            status: "200",
            sent: "57",
            request: "GET https://www.example.com:443/ HTTP/1.1",
            agent: "curl/7.46.0",
            tls: "TLSv1.2",
            target_group: GROUP,
            domain: "www.example.com",
        });
        expect(rowOf(REFUSED)).to.include({ target: "-", status: "503", target_status: "-", tls: "-" });
        expect(Object.keys(rowOf(ANSWERED)!)).to.deep.equal(columns);
        expect(rowOf(HANDSHAKE)).to.equal(undefined);
        const asked = QUERY!.match(/\b(client|target|status|target_status|request|time|endpoint|day)\b/g)!;
        for (const name of asked) expect([...columns, "endpoint", "day"]).to.include(name);
    });

    it("looks where the load balancers of prod write, as long as they are kept", async () => {
        const { resources } = await planStack({ root: ROOT, files: ROOT, stack: "prod" });
        const inputsOf = (type: string) => resources.filter((one) => one.type === type).map(({ inputs }) => inputs);
        const balancers = inputsOf("aws:lb/loadBalancer:LoadBalancer") as { accessLogs: object }[];
        const [{ bucket } = {}] = inputsOf("aws:s3/bucket:Bucket");
        const named = String(bucket).replace(/\d{12}$/, "123456789012");
        expect(TABLE).to.contain(`LOCATION 's3://${named}/'`);
        expect(property("storage.location.template")).to.equal(
            `s3://${named}/\${endpoint}/AWSLogs/123456789012/elasticloadbalancing/eu-central-1/\${day}`,
        );
        const prefixes = balancers.map(({ accessLogs }) => (accessLogs as { prefix: string }).prefix);
        expect(property("projection.endpoint.values").split(",")).to.have.members(prefixes);
        const [rules] = inputsOf("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
        const [{ expiration }] = (rules as { rules: [{ expiration: { days: number } }] }).rules;
        expect(property("projection.day.range")).to.equal(`NOW-${expiration.days}DAYS,NOW`);
    });
});
