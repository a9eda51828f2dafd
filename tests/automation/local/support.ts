/** Plans of stack files as what runs on a laptop, in folders of their own. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { compose } from "../../../automation/local/compose";
import { networkOf } from "../../../automation/local/firewall";
import { LocalAws } from "../../../automation/local/local-aws";
import { type Prepared, prepare } from "../../../automation/local/prepare";
import { LocalSecrets } from "../../../automation/local/secrets";
import type { ComposeService } from "../../../automation/local/tasks";
import { type PlannedStack, planStack } from "../../../automation/plan/plan-stack";

export const PROJECT = path.join(__dirname, "../../..");

const made: string[] = [];
after(() => {
    for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** A project's root with one stack file, where nothing was started. */
export function projectWith(stackFile: string, stack = "trial"): string {
    const root = mkdtempSync(path.join(tmpdir(), "local-"));
    made.push(root);
    cpSync(path.join(PROJECT, "Pulumi.yaml"), path.join(root, "Pulumi.yaml"));
    writeFileSync(path.join(root, `Pulumi.${stack}.yaml`), stackFile);
    return root;
}

/** A stack of dev, with these keys of the project beside the environment. */
export const stackFile = (...lines: string[]) =>
    [
        "config:",
        "    aws:region: eu-central-1",
        "    identity:environment: dev",
        ...lines.map((line) => `    ${line}`),
        "",
    ].join("\n");

export const prepared = (text: string, portOffset?: number): Promise<Prepared> =>
    prepare({ root: projectWith(text), stack: "trial", portOffset });

/** A stack with the heritage `shop`: its plan, and what runs of it on a laptop. */
export async function shopOnLaptop(
    stackFile: string,
    heritage: string,
): Promise<{ planned: PlannedStack; shop: Prepared }> {
    const root = projectWith(stackFile);
    mkdirSync(path.join(root, "heritages"), { recursive: true });
    writeFileSync(path.join(root, "heritages/shop.yml"), heritage);
    const aws = await LocalAws.create("shop", new LocalSecrets());
    const planned = await planStack({ root, stack: "trial", files: root, real: aws.real });
    return { planned, shop: compose({ planned, aws, project: "shop", portOffset: 0 }) as Prepared };
}

/** A service of the compose file, with the values that its variables have. */
export function service({ file, variables }: Prepared, name: string): ComposeService {
    const own = file.services[name];
    if (!own) throw new Error(`there is no ${name}; there are: ${Object.keys(file.services).join(", ")}`);
    const open = (value: unknown): unknown => {
        if (Array.isArray(value)) return value.map(open);
        if (typeof value === "object" && value !== null) {
            return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, open(inner)]));
        }
        // As compose reads it.
        return typeof value === "string"
            ? value.replaceAll(/\$\$|\$\{(\w+)\?[^}]*\}/g, (_, name?: string) => (name ? variables[name]! : "$"))
            : value;
    };
    return open(own) as ComposeService;
}

/** What holds the network of a task, or of another container. */
export const network = (made: Prepared, name: string): ComposeService => service(made, networkOf(name));
