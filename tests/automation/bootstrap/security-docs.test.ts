import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { READ } from "../../../automation/bootstrap/actions";
import { ROLES } from "../../../automation/bootstrap/names";
import { rolePolicy } from "../../../automation/bootstrap/policies";
import { planStack, type PlannedStack } from "../../../automation/plan/plan-stack";
import { expectGenerated } from "../../generated-docs";
import { planEverything } from "../../stacks/everything";
import { ACCOUNT, DEV, documentsOf, KEY } from "./holders";

const PROJECT = path.join(__dirname, "../../..");
const FILE = path.join(PROJECT, "docs/security.md");

interface Statement {
    readonly Effect: string;
    readonly Action: string | string[];
}
const allowedBy = (documents: readonly string[]): string[] =>
    documents
        .flatMap((text) => (JSON.parse(text) as { Statement: Statement[] }).Statement)
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(({ Action }) => Action);

/** A line for each service, as short as the document's other lines. */
function byService(actions: readonly string[]): string[] {
    const services = [...new Set(actions.map((action) => action.split(":")[0]!))].sort();
    return services.flatMap((service) => {
        const names = [...new Set(actions.filter((action) => action.startsWith(`${service}:`)))].sort();
        const lines = [`    ${service}:`];
        for (const name of names.map((action) => action.split(":")[1]!)) {
            const last = lines.at(-1)!;
            if (last.length + name.length + 2 > 118) lines.push(`        ${name},`);
            else lines[lines.length - 1] = `${last} ${name},`;
        }
        return lines.map((line, i) => (i === lines.length - 1 ? line.replace(/,$/, "") : line));
    });
}

/** The role of CI that deploys, beside what it reads. */
const workflows = () =>
    ROLES.flatMap((kind) => {
        const more = kind === "deploy" ? documentsOf(DEV) : [];
        const allowed = allowedBy([rolePolicy(ACCOUNT, DEV, KEY, kind), ...more]);
        return [`<stack>-${kind}`, ...byService(allowed.filter((action) => !READ.includes(action)))];
    });

/** A role's kind is the end of its name, or the name of the one that there is. */
const kindOf = (name: string) =>
    /-(execution|task|schedule|deployment|deploy|flow-logs|monitoring)$/.exec(name)?.[1] ?? name;

interface Kind {
    readonly trusts: Set<string>;
    /** The policies of AWS's own that it has. */
    readonly attached: Set<string>;
    readonly actions: string[];
}

const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

/** The roles that a program makes, by kind: who may assume them, and what their policies allow. */
function rolesOf({ resources }: PlannedStack): Map<string, Kind> {
    const kinds = new Map<string, Kind>();
    for (const { type, name, outputs } of resources) {
        if (type !== "aws:iam/role:Role") continue;
        const kind = kinds.get(kindOf(name)) ?? { trusts: new Set(), attached: new Set(), actions: [] };
        kinds.set(kindOf(name), kind);
        const trust = JSON.parse(String(outputs.assumeRolePolicy)) as { Statement: { Principal: object }[] };
        for (const { Principal } of trust.Statement) {
            kind.trusts.add(
                Object.values(Principal)
                    .join(", ")
                    .replace(/^arn:aws:iam::\d+:oidc-provider\//, ""),
            );
        }
        const policies = resources.filter((one) => one.type === "aws:iam/rolePolicy:RolePolicy");
        const isOwn = ({ inputs }: { inputs: Record<string, unknown> }) => inputs.role === outputs.name;
        const own = policies.filter(isOwn);
        for (const { inputs } of resources.filter((one) => one.type === ATTACHMENT && isOwn(one))) {
            kind.attached.add(String(inputs.policyArn).split("/").pop()!);
        }
        kind.actions.push(...allowedBy(own.map(({ inputs }) => String(inputs.policy))));
    }
    return kinds;
}

async function program(): Promise<string[]> {
    // What dev and prod do not have is in the stacks with everything, whose heritages have permissions of their own as well.
    // One after the other: Pulumi's runtime is one for the process.
    const dev = rolesOf(await planStack({ root: PROJECT, stack: "dev" }));
    const prod = rolesOf(await planStack({ root: PROJECT, stack: "prod" }));
    const plans = [
        dev,
        prod,
        rolesOf(await planEverything("everything")),
        rolesOf(await planEverything("everything-dev")),
    ];
    const kinds = [...new Set(plans.flatMap((roles) => [...roles.keys()]))].sort();
    return kinds.flatMap((kind) => {
        const own = [dev, prod].filter((roles) => roles.has(kind));
        const found = (own.length > 0 ? own : plans).flatMap((roles) => roles.get(kind) ?? []);
        const trusts = [...new Set(found.flatMap(({ trusts }) => [...trusts]))].sort().join(", ");
        const lines = [
            ...new Set(found.flatMap(({ attached }) => [...attached].map((policy) => `    AWS's policy ${policy}`))),
            ...byService(found.flatMap(({ actions }) => actions)),
        ];
        return [`${kind}, for ${trusts}`, ...(lines.length > 0 ? lines : ["    nothing"])];
    });
}

const GENERATED: Record<string, () => string[] | Promise<string[]>> = {
    "roles of CI": workflows,
    "roles of the program": program,
};

describe("docs/security.md", () => {
    const text = () => readFileSync(FILE, "utf8");

    for (const [what, linesOf] of Object.entries(GENERATED)) {
        it(`has the ${what}, with what each may do`, async () => {
            expectGenerated(FILE, what, await linesOf(), "tests/automation/bootstrap");
        });
    }

    it("names a test for what each holder must not reach", () => {
        const section = text().split("## IAM: who holds what")[1]!.split("\n## ")[0]!;
        const rows = section
            .split("\n")
            .filter((line) => line.startsWith("| ") && !/^\| (---|holder|operator)/.test(line));
        expect(rows).to.have.length(10);
        for (const row of rows) expect(row).to.match(/\]\(\.\.\/tests\/[\w./-]+\): "/);
    });
});
