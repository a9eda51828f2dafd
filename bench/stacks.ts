/** Writes stack files with a given number of heritages or clusters. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "yaml";

export const KINDS = ["heritage", "cluster"] as const;
export type Kind = (typeof KINDS)[number];

export const stackOf = (kind: Kind, count: number) => `${kind}s-${count}`;

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}-${i + 1}`);
const CONFIG = {
    "aws:region": "ap-northeast-1",
    "identity:environment": "dev",
    "identity:domain": { name: "id.example.com", createZone: true },
};

/** Writes the project's own stacks and one for each kind and count. They name finished images, so that none is built. */
export function writeStacks(root: string, folder: string, counts: readonly number[]) {
    for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml"]) {
        cpSync(path.join(root, file), path.join(folder, file));
    }
    for (const part of ["images", "heritages"])
        cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
    for (const name of names("app", Math.max(...counts))) writeHeritage(folder, name);
    for (const count of counts) {
        write(folder, stackOf("heritage", count), {
            ...CONFIG,
            "identity:envoyImage": `example.com/envoy@${digest("b")}`,
            "identity:heritages": names("app", count),
        });
        write(folder, stackOf("cluster", count), {
            ...CONFIG,
            "identity:agentImage": `example.com/agent@${digest("c")}`,
            "identity:walletDb": { instanceClass: "db.r8g.4xlarge" },
            "identity:agents": Object.fromEntries(names("agent", count).map((name) => [name, {}])),
        });
    }
}

/** A heritage with a web service, a worker and a scheduled task. */
function writeHeritage(folder: string, name: string) {
    mkdirSync(path.join(folder, "heritages"), { recursive: true });
    const file = {
        image: `example.com/app@${digest("a")}`,
        secrets: { TOKEN: { generate: {} } },
        services: { web: { listeners: [{}], health_check_path: "/" }, worker: {} },
        scheduled_tasks: { nightly: { schedule: "rate(1 day)", command: ["night"] } },
    };
    writeFileSync(path.join(folder, "heritages", `${name}.yml`), stringify(file));
}

function write(folder: string, stack: string, config: object) {
    writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), stringify({ config }));
}
