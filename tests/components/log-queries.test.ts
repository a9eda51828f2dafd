import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { LOG_QUERIES, logQueries } from "../../components/alarms/log-queries";
import { ask, linesOf } from "../logs-insights";
import { make } from "./support";

const QUERY = "aws.cloudwatch.QueryDefinition";

/** A line of Keycloak 26.7.3, in its two forms, and of ACA-Py 1.7.0. The container tests ask the real logs. */
const FAILED =
    '2026-11-01 18:18:24,058 WARN  [org.keycloak.events] (executor-thread-1) type="LOGIN_ERROR", realmName="shop", ' +
    'clientId="portal", userId="null", ipAddress="192.0.2.1", error="user_not_found", username="eve"';
const NOT_DELIVERED =
    "2026-11-01 18:16:56,905 acapy_agent.transport.outbound.manager ERROR Outbound message could not be delivered to " +
    "https://hooks.example.com/topic/connections/";
/** Of PostgreSQL 15.18 with pgaudit 1.7, its prefix the one of RDS. */
const AUDITED =
    "2026-11-28 07:04:03 UTC:10.0.1.2(40022):acapy@issuer-wallet:[31595]:LOG:  AUDIT: SESSION,4,1,ROLE,ALTER ROLE,,,ALTER ROLE r PASSWORD " +
    "<REDACTED>,<not logged>";
const request = (changes: object) =>
    JSON.stringify({
        ...{ method: "GET", path: "/", host: "shop.example.com", status: 200, flags: "-", milliseconds: 5 },
        ...{ request: "r", trace: "t", ...changes },
    });

describe("the queries of a stack's logs", () => {
    it("are saved in a folder of the stack, for the log groups that each asks, 50 at most", async () => {
        const everything = Array.from({ length: 51 }, (_, i) => `/acme/test/${i}`);
        const made = await make(() => {
            logQueries(
                "acme-test",
                { everything, envoys: ["/acme/test/shop"], keycloak: [], agents: [], databases: [] },
                {},
            );
            return {};
        });
        const saved = Object.fromEntries(
            made.all(QUERY).map(({ inputs }) => [inputs.name, (inputs.logGroupNames as string[]).length]),
        );
        expect(saved).to.deep.equal({
            "acme-test/errors": 50,
            "acme-test/errors-2": 1,
            "acme-test/failed-requests": 1,
            "acme-test/slowest-requests": 1,
        });
        expect(made.one(QUERY, "slowest-requests").inputs.queryString).to.match(/^fields .*\n\| filter .*\n\| sort /);
    });

    it("find errors, in Envoy's log as well, and no request that only has such a word in it", () => {
        const lines = [
            ...linesOf(
                "app",
                '2026 ERROR no such table\n{"level":"error","msg":"x"}\nTraceback (most recent call last):',
            ),
            ...linesOf("envoy", `[2026][1][CRITICAL] no key\n${request({ path: "/error" })}`),
            ...linesOf("keycloak", FAILED),
        ];
        const found = ask("errors", lines).map((row) => String(row["@message"]).slice(0, 12));
        expect(found).to.deep.equal(["2026 ERROR n", '{"level":"er', "Traceback (m", "[2026][1][CR"]);
    });

    it("find failed and slow requests of Envoy's, and none of an application's own lines", () => {
        const lines = [
            ...linesOf("app", request({ status: 500, milliseconds: 9999 })),
            ...[{ status: 503, flags: "UF" }, { status: 503, flags: "UF" }, { status: 500 }, { milliseconds: 70 }].map(
                (changes) => ({ container: "envoy", message: request(changes) }),
            ),
            { container: "envoy", message: request({ status: 101, milliseconds: 400_000 }) },
            { container: "envoy", message: "[warning] not a request" },
        ];
        const failed = ask("failed-requests", lines).map(({ requests, status, flags }) => [requests, status, flags]);
        expect(failed).to.deep.equal([
            [2, 503, "UF"],
            [1, 500, "-"],
        ]);
        expect(ask("slowest-requests", lines).map(({ milliseconds }) => milliseconds)).to.deep.equal([70, 5, 5, 5]);
    });

    it("count failed log-ins by reason, in text and in JSON, and deliveries by endpoint", () => {
        const json = JSON.stringify({ level: "WARN", message: FAILED.split(") ")[1] });
        const lines = linesOf("keycloak", `${FAILED}\n${json}\nstarted`);
        const row = { realmName: "shop", clientId: "portal", ipAddress: "192.0.2.1", reason: "user_not_found" };
        expect(ask("failed-log-ins", lines)).to.deep.equal([{ ...row, failed: 2 }]);
        const [delivery] = ask("failed-deliveries", linesOf("acapy", `${NOT_DELIVERED}\n${NOT_DELIVERED}`));
        expect(delivery).to.include({ endpoint: "https://hooks.example.com/topic/connections/", failed: 2 });
    });

    it("say who did what in a database, and from where", () => {
        const lines = linesOf("db", `2026-11-28 07:04:03 UTC::@:[1]:LOG:  checkpoint starting: time\n${AUDITED}`);
        const [row, ...more] = ask("who-did-what", lines);
        expect(row).to.include({ user: "acapy", database: "issuer-wallet", address: "10.0.1.2" });
        expect(row).to.include({ class: "ROLE", command: "ALTER ROLE" });
        expect(row!.statement).to.equal("ALTER ROLE r PASSWORD <REDACTED>,<not logged>");
        expect(more).to.deep.equal([]);
    });

    it("name fields that Envoy's configuration writes, and stand in the docs", () => {
        const envoy = readFileSync(path.join(__dirname, "../../images/envoy/envoy.yaml"), "utf8");
        const docs = readFileSync(path.join(__dirname, "../../docs/alarms.md"), "utf8");
        for (const [name, { of, query }] of Object.entries(LOG_QUERIES)) {
            expect(docs, name).to.contain(`| \`${name}\``);
            if (of !== "envoys") continue;
            const named = query.flatMap((line) => /^(?:fields|stats .* by) (.*)$/.exec(line)?.[1]!.split(", ") ?? []);
            expect(named).to.not.be.empty;
            for (const field of named.filter((one) => !one.startsWith("@"))) {
                expect(envoy, field).to.match(new RegExp(`^\\s+${field}: "%`, "m"));
            }
        }
    });
});
