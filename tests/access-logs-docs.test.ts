import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { planStack } from "../automation/plan/plan-stack";

const ROOT = path.join(__dirname, "..");
const DOCS = readFileSync(path.join(ROOT, "docs/operations.md"), "utf8");
const STATEMENTS = [...DOCS.matchAll(/```sql\n([^]*?)```/g)].map(([, sql]) => sql!);
const PARTITIONS = ["endpoint", "day"];

/** A table that the docs make, as Athena reads it. */
function table(name: string) {
    const sql = STATEMENTS.find((one) => one.startsWith(`CREATE EXTERNAL TABLE ${name} (`))!;
    const [, columnsText] = /\(([^]*?)\n\)/.exec(sql)!;
    const columns = columnsText!.split(",").map((column) => column.trim().split(" ")[0]!);
    const property = (key: string) => new RegExp(`'${key.replaceAll(".", "\\.")}' =\\s+'([^']*)'`).exec(sql)![1]!;
    return {
        sql,
        columns,
        property,
        queries: STATEMENTS.filter((one) => one.startsWith("SELECT") && one.includes(` FROM ${name}\n`)),
        /** As Hive's RegexSerDe reads a line: whole, or not at all, and then each column is empty. */
        row: (line: string) => {
            const found = new RegExp(`^(?:${property("input.regex")})$`).exec(line)?.slice(1);
            return found && Object.fromEntries(found.map((value, i) => [columns[i], value]));
        },
    };
}

/** What a query names, without its texts, what it calls, and SQL's own words, which are written in capitals. */
const namesIn = (query: string) =>
    query
        .replaceAll(/'[^']*'|\w+(?=\()|FROM \w+/g, "")
        .match(/\b[a-z_]+\b/g)!
        .filter((word) => !["times", "clients", "first", "last"].includes(word));

/** ELB user guide, "Access logs for your Application Load Balancer". */
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

/** ELB user guide, "Connection logs for your Application Load Balancer". */
const CLIENT = "2023-10-04T17:05:15.514108Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256";
const OF_CLIENT =
    `"CN=amazondomains.com,O=endEntity,L=Seattle,ST=Washington,C=US" ` +
    `NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z FEF257372D5C14D4`;
const HANDSHAKE = `${CLIENT} 4.036 ${OF_CLIENT} Success TID_3180a73013c8ca4bac2f731159d4b0fe`;
const FAILED = `${CLIENT} - ${OF_CLIENT} Failed:ClientCertUntrusted TID_1c71a68d70587445ad5127ff8b2687d7`;
/** As the guide describes the fields: of a connection without TLS, and with those that were added after the guide's examples. */
const WITHOUT_TLS = `2026-11-27T03:11:32.882572Z 203.0.113.1 61814 80 - - - "-" - - - TID_14bdaac2 - ${BALANCER} 192.0.2.7`;
const LATER =
    `2026-11-27T03:11:27.691358Z 2001:db8::1 64326 443 TLSv1.3 TLS_AES_128_GCM_SHA256 0.337 "-" - - Success ` +
    `TID_9f39d9aa X25519MLKEM768 ${BALANCER} 192.0.2.7`;

describe("the tables of load balancers' logs in docs/operations.md", function () {
    this.timeout(60_000);
    const requests = table("requests_prod");
    const connections = table("connections_prod");

    it("have a column for each field that they take of a request", () => {
        expect(requests.row(ANSWERED)).to.include({
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
        expect(requests.row(REFUSED)).to.include({ target: "-", status: "503", target_status: "-", tls: "-" });
        expect(Object.keys(requests.row(ANSWERED)!)).to.deep.equal(requests.columns);
        for (const line of [ANSWERED, REFUSED]) expect(connections.row(line)).to.equal(undefined);
    });

    it("have a column for each field that they take of a TLS handshake", () => {
        expect(connections.row(HANDSHAKE)).to.deep.equal({
            time: "2023-10-04T17:05:15.514108Z",
            client: "203.0.113.1",
            client_port: "36280",
            port: "443",
            tls: "TLSv1.2",
            tls_cipher: "ECDHE-RSA-AES128-GCM-SHA256",
            handshake_seconds: "4.036",
            result: "Success",
            trace: "TID_3180a73013c8ca4bac2f731159d4b0fe",
            key_exchange: "",
        });
        expect(connections.row(FAILED)).to.include({
            handshake_seconds: "-",
            result: "Failed:ClientCertUntrusted",
            trace: "TID_1c71a68d70587445ad5127ff8b2687d7",
        });
        expect(connections.row(WITHOUT_TLS)).to.include({ port: "80", tls: "-", result: "-", trace: "TID_14bdaac2" });
        expect(connections.row(LATER)).to.include({ client: "2001:db8::1", key_exchange: "X25519MLKEM768" });
        expect(Object.keys(connections.row(HANDSHAKE)!)).to.deep.equal(connections.columns);
        for (const line of [HANDSHAKE, FAILED, WITHOUT_TLS, LATER]) expect(requests.row(line)).to.equal(undefined);
    });

    it("are asked for columns that they have, of named days", () => {
        expect([requests.queries.length, connections.queries.length]).to.deep.equal([2, 2]);
        for (const { columns, queries } of [requests, connections]) {
            for (const query of queries) {
                expect([...columns, ...PARTITIONS]).to.include.members(namesIn(query));
                expect(query).to.match(/\bday (=|BETWEEN) '\d{4}\/\d\d\/\d\d'/);
            }
        }
    });

    it("look where the load balancers of prod write, as long as logs are kept", async () => {
        const { resources } = await planStack({ root: ROOT, files: ROOT, stack: "prod" });
        const inputsOf = (type: string) => resources.filter((one) => one.type === type).map(({ inputs }) => inputs);
        const balancers = inputsOf("aws:lb/loadBalancer:LoadBalancer") as {
            accessLogs: { prefix: string };
            connectionLogs: { prefix: string };
        }[];
        const [{ bucket } = {}] = inputsOf("aws:s3/bucket:Bucket");
        const named = String(bucket).replace(/\d{12}$/, "123456789012");
        const [rules] = inputsOf("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
        const [{ expiration }] = (rules as { rules: [{ expiration: { days: number } }] }).rules;
        for (const [{ sql, property }, logs] of [
            [requests, "accessLogs"],
            [connections, "connectionLogs"],
        ] as const) {
            expect(sql).to.contain(`LOCATION 's3://${named}/'`);
            expect(property("storage.location.template")).to.equal(
                `s3://${named}/\${endpoint}/AWSLogs/123456789012/elasticloadbalancing/eu-central-1/\${day}`,
            );
            const prefixes = balancers.map((balancer) => balancer[logs].prefix);
            expect(property("projection.endpoint.values").split(",")).to.have.members(prefixes);
            expect(property("projection.day.range")).to.equal(`NOW-${expiration.days}DAYS,NOW`);
        }
    });
});
