/** The code in the components' documentation, put together to programs. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.join(__dirname, "../..");
const DOOR = readFileSync(path.join(ROOT, "components/index.ts"), "utf8");

/** Everything that the package exports as a value. */
const exported = [...DOOR.matchAll(/^export \{([^}]+)\} from/gm)]
    .flatMap(([, names]) => names!.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "));

const IMPORTS = `import * as aws from "@pulumi/aws";
import { ${exported.join(", ")} } from "identity-platform/components";
`;

/** The blocks of docs/components.md, one after another, as one program. The first shows the import alone. */
export function pageProgram(): string {
    const page = readFileSync(path.join(ROOT, "docs/components.md"), "utf8");
    const [, ...blocks] = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
    return `${IMPORTS}${blocks.join("\n")}\nvoid [workbench];\n`;
}

/** By file, the examples in docstrings. */
export function docstringExamples(): Map<string, string> {
    const folder = path.join(ROOT, "components");
    return new Map(
        readdirSync(folder)
            .filter((file) => file.endsWith(".ts"))
            .flatMap((file): [string, string][] => {
                const text = readFileSync(path.join(folder, file), "utf8");
                const examples = [...text.matchAll(/^ \* @example\n((?: \*(?!\/).*\n)+) \*\/$/gm)];
                const code = examples.map(([, lines]) => lines!.replaceAll(/^ \* ?/gm, ""));
                return code.length === 0 ? [] : [[file, code.join("\n")]];
            }),
    );
}

/** Each in a block of its own, which may name anew what all of them have around them. */
export const docstringProgram = () =>
    `${IMPORTS}declare const vpc: Vpc, secrets: SecretStore, cluster: aws.ecs.Cluster, authority: CertificateAuthority;
declare const endpoint: Endpoint, admin: Endpoint, image: ContainerImage, envoy: ContainerImage, walletDb: WalletDb;
declare const zone: aws.route53.Zone, service: FargateService, task: FargateTask, machine: DeployMachine;
` +
    [...docstringExamples()].map(([file, code]) => `// ${file}\n{\n${code}}\n`).join("") +
    "export {};\n";
