/** Stacks whose reports are worth a look: small and large, few zones and many. */
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { stringify } from "yaml";

const PROJECT = path.join(__dirname, "../../..");
const DIGEST = (digit: string) => `sha256:${digit.repeat(64)}`;

const config = (environment: string, keys: Record<string, unknown>) => ({
    "aws:region": "ap-northeast-1",
    "identity:environment": environment,
    ...Object.fromEntries(Object.entries(keys).map(([key, value]) => [`identity:${key}`, value])),
});

/** By name, beside `dev` and `prod`. */
const STACKS: Record<string, Record<string, unknown>> = {
    agent: config("dev", { publicEndpoint: { plainHttp: true }, agents: { issuer: {} } }),
    keycloak: config("dev", { keycloak: { version: "26.7.3" } }),
    zones: config("prod", {
        domain: { name: "id.example.com", zone: "example.com" },
        network: { zones: 4, interfaceEndpoints: true },
        adminEndpoint: { allowedCidrs: ["10.8.0.0/24", "192.168.100.0/24"] },
        agents: { issuer: {}, "a-name-of-20-letters": {} },
        keycloak: { version: "26.7.3" },
    }),
    alone: config("dev", {
        publicEndpoint: { plainHttp: true },
        network: { nat: "none", interfaceEndpoints: true },
        agents: { issuer: {} },
    }),
    heritages: config("dev", {
        domain: { name: "id.example.com" },
        envoyImage: `example.com/envoy@${DIGEST("b")}`,
        heritages: Array.from({ length: 20 }, (_, i) => `app-${i + 1}`),
    }),
};
export const NAMES = ["dev", "prod", ...Object.keys(STACKS)];

/** A folder with all of them, which `planStack` takes for its root and its files. */
export function stacksFolder(): string {
    const root = mkdtempSync(path.join(os.tmpdir(), "report-"));
    for (const name of ["Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "images", "heritages"]) {
        cpSync(path.join(PROJECT, name), path.join(root, name), { recursive: true });
    }
    mkdirSync(path.join(root, "heritages"), { recursive: true });
    const application = {
        image: `example.com/app@${DIGEST("a")}`,
        database: {},
        services: { web: { listeners: [{}], health_check_path: "/", reachable: true }, worker: {} },
        scheduled_tasks: { nightly: { schedule: "rate(1 day)", command: ["night"] } },
    };
    for (let i = 1; i <= 20; i++) writeFileSync(path.join(root, `heritages/app-${i}.yml`), stringify(application));
    for (const [name, own] of Object.entries(STACKS)) {
        writeFileSync(path.join(root, `Pulumi.${name}.yaml`), stringify({ config: own }));
    }
    return root;
}
