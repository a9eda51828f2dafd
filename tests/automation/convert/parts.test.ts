import { expect } from "chai";
import { askedPath, command, isMigration, isScheduler } from "../../../automation/convert/commands";
import { fitName } from "../../../automation/convert/names";
import { difference, environmentOf } from "../../../automation/convert/overrides";
import { interpolate, parseEnv, unknownIn } from "../../../automation/convert/read/interpolate";
import { schedule } from "../../../automation/convert/schedules";
import { existing } from "../../../automation/convert/secrets";
import { shown } from "../../../automation/convert/shown";
import { seconds, sizeInMiB } from "../../../automation/convert/units";

describe("what readers share", () => {
    it("turns cron into what the Scheduler takes", () => {
        const cases: Record<string, string | undefined> = {
            "0 9 * * 1-5": "cron(0 9 ? * MON-FRI *)",
            "*/5 * * * *": "cron(0/5 * * * ? *)",
            "0 0 1 * *": "cron(0 0 1 * ? *)",
            "0 0 * * 0": "cron(0 0 ? * SUN *)",
            "0 0 * * 7": "cron(0 0 ? * SUN *)",
            "@daily": "cron(0 0 * * ? *)",
            "@every 1h": "rate(1 hour)",
            "@every 1h30m": "rate(90 minutes)",
            "rate(2 days)": "rate(2 days)",
            "0 0 13 * 5": undefined, // either of the two days
            "0 0 * * 1#2": undefined,
            "not a schedule": undefined,
        };
        for (const [text, expected] of Object.entries(cases)) expect(schedule(text), text).to.equal(expected);
    });

    it("makes names that fit", () => {
        expect(fitName("Scheduled_Worker", 12)).to.equal("scheduled-wo");
        expect(fitName("9lives", 12)).to.equal("lives");
        expect(fitName("db", 12)).to.equal("db-2"); // the database of a heritage has that name
        expect(fitName("web", 12, ["web"])).to.equal("web-2");
        expect(fitName("___", 12)).to.equal("app");
    });

    it("reads times and sizes", () => {
        expect(["1m30s", "90s", "90", "1h", "500ms", "soon"].map(seconds)).to.deep.equal([
            90,
            90,
            90,
            3600,
            1,
            undefined,
        ]);
        expect(["512m", "1.5g", "1gb", "512MiB", "lots"].map(sizeInMiB)).to.deep.equal([
            512,
            1536,
            1024,
            512,
            undefined,
        ]);
    });

    it("fills in a compose file's variables", () => {
        const known = { A: "1", EMPTY: "" };
        const filled = (text: string) => interpolate(text, known).value;
        expect(filled("$A ${A} $$A ${EMPTY:-x} ${EMPTY-x} ${B:-${A}} ${A:+y}")).to.equal("1 1 $A x  1 y");
        expect(unknownIn(filled("${B} ${C:?needed}") as string)).to.deep.equal(["B", "C"]);
        expect(interpolate("${B:-x}", known).defaults).to.deep.equal(["B"]);
    });

    it("reads env files", () => {
        expect(parseEnv("# a\nexport A=1 # one\nB=\"2 # two\"\nC='3'\nno\nD=\n")).to.deep.equal({
            A: "1",
            B: "2 # two",
            C: "3",
            D: "",
        });
    });

    it("splits commands as those do who run them", () => {
        expect(command("sh -c 'a b' c")).to.deep.equal(["sh", "-c", "a b", "c"]);
        expect(command(["a", 1])).to.deep.equal(["a", "1"]);
        expect(command("a 'b")).to.equal("a 'b");
        expect(command("")).to.equal(undefined);
    });

    it("finds the path that a health check asks", () => {
        expect(askedPath("curl -s --noproxy localhost localhost:3000/health | grep -q OK || exit 1")).to.equal(
            "/health",
        );
        expect(askedPath(["wget", "-q", "http://127.0.0.1/"])).to.equal("/");
        expect(askedPath("pg_isready")).to.equal(undefined);
    });

    it("knows a scheduler and a migration", () => {
        expect(isScheduler("beat", undefined)).to.equal(true);
        expect(isScheduler("jobs", "celery -A app beat")).to.equal(true);
        expect(isScheduler("jobs", "celery -A app worker -B")).to.equal(true); // with a beat in it
        expect(isScheduler("jobs", "celery -A app worker")).to.equal(false);
        expect(isMigration("db_migrate", undefined)).to.equal(true);
        expect(isMigration("web", "gunicorn")).to.equal(false);
    });

    it("reads references to secrets", () => {
        const arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/db-AbCdEf";
        expect(existing(arn)).to.deep.equal({ secret: arn });
        expect(existing(`${arn}:password::`)).to.deep.equal({ secret: arn, key: "password" });
        expect(existing("arn:aws:ssm:eu-central-1:123456789012:parameter/a/b")).to.deep.equal({ parameter: "/a/b" });
        expect(existing("plain")).to.equal(undefined);
    });

    it("shows no secret", () => {
        expect(shown({ DB_PASSWORD: "abc", A: "b" })).to.equal('{"DB_PASSWORD":"…","A":"b"}');
        expect(shown(["TOKEN=abc", "A=b"])).to.equal('["TOKEN=…","A=b"]');
        expect(shown([{ name: "API_TOKEN", value: "abc" }])).not.to.contain("abc");
    });

    it("says what differs, and what is gone", () => {
        expect(difference({ a: 1, b: { c: 2, d: 3 } }, { a: 1, b: { c: 4 } })).to.deep.equal({ b: { c: 4, d: null } });
        expect(difference({ a: [1] }, { a: [1] })).to.equal(undefined);
        expect(["production", "prod", "development", "staging"].map(environmentOf)).to.deep.equal([
            "prod",
            "prod",
            "dev",
            undefined,
        ]);
    });
});
