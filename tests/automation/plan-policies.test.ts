import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import pc from "picocolors";
import { showPlan } from "../../automation/commands/plan/show";
import { Inventory } from "../../automation/plan/inventory";
import type { Plan } from "../../automation/plan/model";
import { type PlannedStack, planStack } from "../../automation/plan/plan-stack";
import { render } from "../../automation/plan/render";
import { renderBlocks } from "../../automation/plan/render/blocks";
import { findings, policies, policyStack, type PolicyView } from "../../automation/plan/sections/policies";
import type { SimulatedResource } from "../../automation/plan/simulated-aws";
import { policiesTables } from "../../automation/plan/tables/policies";
import { POLICIES } from "../../policy/policies";
import { appliesTo, PolicyStack } from "../../policy/policy";
import { ALARM_POLICIES } from "../../policy/rules/alarms";
import { BACKUP_POLICIES } from "../../policy/rules/backups";
import { planEverything } from "../stacks/everything";

const PROJECT = path.join(__dirname, "../..");
const PROD = { "identity:environment": "prod" };
const PLAIN = { bold: String, dim: String, cyan: String };

const AGENT = `example.com/agent@sha256:${"0123456789abcdef".repeat(4)}`;

const roots: string[] = [];
after(() => {
    for (const root of roots) rmSync(root, { recursive: true, force: true });
});

/** A project of its own with a stack prod. */
function projectWith(stackFile: string): string {
    const root = mkdtempSync(path.join(tmpdir(), "plan-"));
    roots.push(root);
    cpSync(path.join(PROJECT, "Pulumi.yaml"), path.join(root, "Pulumi.yaml"));
    const prod =
        "aws:region: ap-northeast-1\n    identity:environment: prod\n    identity:domain: { name: id.example.com }";
    writeFileSync(path.join(root, "Pulumi.prod.yaml"), `config:\n    ${prod}\n${stackFile}`);
    return root;
}

const rendered = (views: readonly PolicyView[]) => renderBlocks(policiesTables({ policies: views }), PLAIN);

/** `lb-https advisory: public-8020: it answers over plain HTTP` */
const told = (views: readonly PolicyView[]) =>
    views.flatMap(({ name, level, violations }) =>
        violations.map(({ resource, what }) => `${name} ${level}: ${resource}: ${what}`),
    );
const excused = (views: readonly PolicyView[]) =>
    views.flatMap(({ name, exceptions }) =>
        exceptions.map(({ resource, what, reason }) => `${name}: ${resource}: ${what}: ${reason}`),
    );

describe("the policies of a plan", () => {
    let dev: PlannedStack;
    let prod: PlannedStack;
    before(async () => {
        dev = await planStack({ root: PROJECT, stack: "dev" });
        prod = await planStack({ root: PROJECT, stack: "prod" });
    });

    it("are kept by the stack prod, all of them", () => {
        expect(told(prod.model.policies)).to.eql([]);
        expect(excused(prod.model.policies)).to.eql([]);
        expect(prod.model.policies.every(({ level }) => level === "mandatory")).to.equal(true);
        expect(rendered(prod.model.policies)).to.eql([`  ${POLICIES.length} of ${POLICIES.length} pass`]);
    });

    it("are kept by the stack dev, but for plain HTTP where it has no domain", () => {
        const plain = "it answers over plain HTTP: who is on the way reads and changes what it says";
        expect(told(dev.model.policies)).to.have.members(
            ["public-8020", "public-8030"].map((name) => `lb-https advisory: ${name}: ${plain}`),
        );
        const asked = POLICIES.filter((policy) => policy.dev !== "off").length;
        expect(rendered(dev.model.policies).slice(0, 3)).to.eql([
            `  ${asked - 1} of ${asked} pass; 1 advisory does not; ${POLICIES.length - asked} more are asked of prod alone`,
            "  finding   policy    resources, and what is so",
            "  advisory  lb-https  public-8020, public-8030",
        ]);
    });

    it("excuse Keycloak's nodes that all stop before the new ones start", async () => {
        const { model } = await planStack({ root: PROJECT, stack: "prod", running: "26.6.4" });
        expect(told(model.policies)).to.eql([]);
        expect(excused(model.policies)).to.eql([
            "ecs-circuit-breaker: keycloak: a deployment that fails is not rolled back: every task stops before the " +
                "new ones start (0/100): the old version may not come back",
        ]);
    });

    it("excuse the agents that write to their own root file system, and nobody beside them", async () => {
        const root = projectWith(`    identity:heritages: [sample-api]
    identity:plugins:
        datadog: { image: "${AGENT}", apiKey: { set: {} } }
        newrelic: { image: "${AGENT}", licenseKey: { set: {} } }
        firelens: { image: "${AGENT}", options: { Name: http, Host: logs.example.com } }
`);
        const { model } = await planStack({ root, stack: "prod" });
        expect(told(model.policies)).to.eql([]);
        const own = excused(model.policies).filter((one) => one.includes(": sample-api-web: "));
        expect(own.map((one) => one.replace(": sample-api-web: container ", " "))).to.eql([
            "ecs-read-only-root datadog-agent: its root file system can be written to: the agent writes its configuration at its start",
            "ecs-read-only-root log-router: its root file system can be written to: ECS writes the log router's configuration",
            "ecs-read-only-root newrelic-infra: its root file system can be written to: the agent writes its configuration at its start",
            "ecs-non-root log-router: it runs as root: ECS writes the log router's socket for root alone",
        ]);
    });

    /** The stack prod, with some of its resources other than they are. */
    const altered = (of: (resource: SimulatedResource) => Record<string, unknown> | undefined, config = PROD) =>
        policies(
            new Inventory(prod.resources.map((one) => ({ ...one, inputs: { ...one.inputs, ...of(one) } }))),
            "identity",
            config,
        );
    const isA = (type: string, name?: string) => (resource: SimulatedResource) =>
        resource.type.endsWith(`:${type}`) && (name === undefined || resource.name === name);

    it("know what is attached to what", () => {
        const open = altered((one) => (isA("LoadBalancer", "public")(one) ? { internal: true } : undefined));
        expect(told(open)).to.have.members([
            "sg-open-ingress mandatory: public-80-from-0-0-0-0-0: port 80 is open to 0.0.0.0/0",
            "sg-open-ingress mandatory: public-443-from-0-0-0-0-0: port 443 is open to 0.0.0.0/0",
        ]);
        const database = altered((one) =>
            isA("SecurityGroupIngressRule", "wallet-db-from-clients")(one) ? { cidrIpv4: "0.0.0.0/0" } : undefined,
        );
        expect(told(database)).to.eql([
            "sg-open-ingress mandatory: wallet-db-from-clients: port 5432 is open to 0.0.0.0/0, on the database wallet-db",
        ]);
        const bucket = altered((one) => (isA("BucketPolicy")(one) ? { bucket: "another" } : undefined));
        expect(told(bucket)).to.eql(["s3-tls-only mandatory: access-logs: it answers without TLS, too"]);
    });

    it("miss each alarm that a change would drop, each page of several, the dashboard, questions and what keeps backups", async () => {
        const everything = await planEverything("everything");
        const asked = [...ALARM_POLICIES, ...BACKUP_POLICIES];
        const whole = policyStack(new Inventory(everything.resources));
        const foundWithout = (gone: SimulatedResource | undefined) => {
            const stack = new PolicyStack(whole.all.filter(({ urn }) => urn !== gone?.urn));
            return asked.flatMap((policy) =>
                stack.all
                    .filter((resource) => appliesTo(policy, resource))
                    .flatMap((resource) => findings(policy, resource, stack)),
            );
        };
        const before = foundWithout(undefined);
        const alarms = everything.resources.filter(isA("MetricAlarm"));
        expect(alarms).to.have.length.above(100);
        const missed = alarms.filter((alarm) => foundWithout(alarm).length === before.length);
        expect(missed.map(({ name }) => name)).to.eql([]);
        for (const page of everything.resources.filter(isA("CompositeAlarm"))) {
            if (page.name !== "databases-down") expect(foundWithout(page).length, page.name).to.be.above(before.length);
        }
        for (const type of ["Dashboard", "VaultLockConfiguration", "Selection"]) {
            const [only, ...others] = everything.resources.filter(isA(type));
            expect(others, type).to.eql([]);
            expect(foundWithout(only).length, type).to.be.above(before.length);
        }
    });

    it("tell an execution role from the others", () => {
        const wide = JSON.stringify({
            Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::own/*" }],
        });
        const views = altered((one) => (isA("RolePolicy")(one) ? { policy: wide } : undefined));
        expect(told(views)).to.have.members(
            ["issuer", "keycloak"].map(
                (name) =>
                    `ecs-execution-role mandatory: ${name}-execution: it allows s3:GetObject on arn:aws:s3:::own/*`,
            ),
        );
    });

    it("know which provider makes a resource, and what awsx makes in a process of its own", () => {
        expect(prod.resources.filter(({ type }) => type.startsWith("aws:")).every(({ provider }) => provider)).to.equal(
            true,
        );
        const views = altered((one) => (isA("aws")(one) ? { defaultTags: JSON.stringify({ tags: {} }) } : undefined));
        const tags = views.find(({ name }) => name === "tags")!;
        expect(tags.violations).to.have.length(prod.model.total.inAws);
    });

    it("take exceptions from the configuration, and tell one that nothing needs", () => {
        const exceptions = [
            { policy: "rds-multi-az", resource: "wallet-db", reason: "it moves in May" },
            { policy: "lb-https", resource: "public-80", reason: "left over" },
        ];
        const views = altered((one) => (isA("Instance")(one) ? { multiAz: false } : undefined), {
            ...PROD,
            "identity:policyExceptions": JSON.stringify(exceptions),
        } as typeof PROD);
        expect(told(views)).to.eql(["rds-multi-az mandatory: keycloak-db: it is gone while its zone is"]);
        expect(excused(views)).to.eql(["rds-multi-az: wallet-db: it is gone while its zone is: it moves in May"]);
        expect(views.find(({ name }) => name === "lb-https")!.unused).to.eql([
            { resource: "public-80", reason: "left over" },
        ]);
        expect(rendered(views)).to.eql([
            `  ${POLICIES.length - 1} of ${POLICIES.length} pass; 1 mandatory does not, and would stop a deployment`,
            "  finding    policy        resources, and what is so",
            "  mandatory  rds-multi-az  keycloak-db",
            "                           it is gone while its zone is",
            "                           → multiAz: true, which is a stack file's default in prod",
            "  exception  rds-multi-az  wallet-db",
            "                           it is gone while its zone is",
            "                           may be so: it moves in May",
            "  unused     lb-https      public-80",
            "                           → nothing there needs its exception: take it out",
        ]);
        expect(render({ ...prod.model, policies: views }, "build", { ...pc.createColors(false), width: 150 })).to.match(
            /unused +lb-https +public-80, nothing needs this exception: take it out\n/,
        );
    });

    it("are those of prod where a stack says no environment", () => {
        expect(altered(() => undefined, {} as typeof PROD).every(({ level }) => level === "mandatory")).to.equal(true);
    });
});

describe("npm start of a stack that violates a policy", () => {
    async function run(exceptions: string, json = false) {
        const root = projectWith(`    identity:agents: { issuer: {} }
    identity:walletDb: { multiAz: false, backupDays: 3 }
${exceptions}`);
        const said = { out: "", err: "" };
        const keep = (where: "out" | "err") => (text: string) => void (said[where] += text);
        const input = { stack: "prod", sections: [], all: false, against: undefined, running: undefined, json };
        const code = await showPlan(input, { root, files: process.cwd(), out: keep("out"), err: keep("err") });
        return { code, root, ...said };
    }

    it("shows the plan, says what is wrong and how to put it right, and ends with 1", async () => {
        const { code, err, out, root } = await run("", true);
        expect(code).to.equal(1);
        expect(err.split("\n")).to.eql([
            "Pulumi.prod.yaml: 2 violations of policies would stop a deployment",
            "",
            "rds-backups: wallet-db  (aws:rds/instance:Instance)",
            "    its backups go back 3 days",
            "    → backupRetentionPeriod: 7 or more (`backupDays` of a stack file's database)",
            "",
            "rds-multi-az: wallet-db  (aws:rds/instance:Instance)",
            "    it is gone while its zone is",
            "    → multiAz: true, which is a stack file's default in prod",
            "",
            "An exception, with its reason, is a line of identity:policyExceptions (docs/policies.md).",
            "",
        ]);
        const plan = JSON.parse(out) as Plan;
        expect(told(plan.policies)).to.have.length(2);
        expect(JSON.parse(readFileSync(path.join(root, "build/plan/prod/plan.json"), "utf8"))).to.eql(plan);
    });

    it("ends with 0 where they are excepted, and shows the reasons", async () => {
        const { code, err, out } = await run(`    identity:policyExceptions:
        - { policy: rds-multi-az, resource: wallet-db, reason: "a trial, until May" }
        - policy: rds-backups
          resource: wallet-db
          reason: |
              the state is rebuilt
              each night
`);
        expect([code, err]).to.eql([0, ""]);
        expect(out).to.include("may be so: a trial, until May").and.to.include("the state is rebuilt each night");
    });
});
