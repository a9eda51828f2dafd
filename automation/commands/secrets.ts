/** `npm run secrets`: what the stack's secrets are, and how they are changed. No value is ever printed. */
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import pc from "picocolors";
import { parametersOf } from "../../platform/parameters";
import { type Aws, awsOf, outputsOf } from "../deployed";
import { planStack } from "../plan/plan-stack";
import type { SecretView } from "../plan/sections/secrets";
import { readStackFile, UsageError } from "../plan/stack-file";
import { table } from "../plan/text";
import { options, run, type Surroundings } from "./command";

const HELP = `npm run secrets -- list [--stack NAME]
npm run secrets -- set OWNER VARIABLE [--stack NAME] [--no-deploy]
npm run secrets -- rotate OWNER VARIABLE [--stack NAME]

  list    every secret of the stack: its parameter, where it comes from, its version, when it changed, who reads it
  set     puts a value into SSM, for a secret with the source \`set\`: from stdin, or asked for without showing it.
          The services that read it are deployed anew, so that they have it
  rotate  makes a generated secret anew, by an \`up\` of that secret and of what depends on it alone

  --stack NAME  the stack (default: dev)
  --no-deploy   with set: running tasks keep the value that they have; the next \`up\` deploys them
  --help        print this

OWNER and VARIABLE are the last parts of the parameter's name, e.g. sample-api database/app/password.
`;

/** What SSM takes for an advanced parameter; a longer one is no secret but a file. */
const MOST_BYTES = 8192;
/** Those whose value something else remembers: another one would fit nothing any more. */
const FOR_GOOD: Record<string, string> = {
    ACAPY_WALLET_KEY: "the wallet could not be opened any more",
    KC_BOOTSTRAP_ADMIN_PASSWORD:
        "Keycloak reads it on its first start alone; change the administrator's password in its console",
};

export async function secrets(args: string[], around: Surroundings): Promise<number> {
    const { values, positionals } = options(args, { "no-deploy": { type: "boolean", default: false } });
    const [action, owner, variable, ...more] = positionals;
    if (values.help || action === undefined) {
        around.out(HELP);
        return values.help ? 0 : 2;
    }
    if (!["list", "set", "rotate"].includes(action)) throw new UsageError(`there is no ${action}: list, set, rotate`);
    const named = owner !== undefined && variable !== undefined && more.length === 0;
    if (action === "list" ? owner !== undefined : !named) {
        throw new UsageError(
            `npm run secrets -- ${action}${action === "list" ? "" : " OWNER VARIABLE"}; --help says more`,
        );
    }
    const { root } = around;
    const file = readStackFile(root, values.stack);
    const { model } = await planStack({ root, files: root, stack: values.stack });
    const own = `/${file.project}/${file.stack}/`;
    if (action === "list") return list(await awsOf(file), own, model.secrets, around);
    const parameter = `${own}${owner}/${variable}`;
    const secret = model.secrets.find((one) => one.parameter === parameter);
    if (!secret) {
        const owned = model.secrets.map((one) => one.parameter).filter((name) => name.startsWith(own));
        throw new UsageError(
            [`the stack has no secret ${parameter}; there are:`, ...owned.map((name) => `    ${name}`)].join("\n"),
        );
    }
    if (action === "rotate") return rotate(secret, variable!, values.stack, file.project, around);
    const aws = await awsOf(file);
    if (!(await set(aws, secret, around))) return 1;
    if (!values["no-deploy"]) await redeploy(aws, secret, values.stack, around);
    return 0;
}

/** By name, with what SSM says of each; a parameter that is missing is told how it comes to be. */
async function list(aws: Aws, own: string, all: readonly SecretView[], { out }: Surroundings): Promise<number> {
    const found = await parametersOf(
        aws.ssm,
        all.map(({ parameter }) => parameter),
    );
    const rows = all.map(({ parameter, from, readers }) => {
        const there = found.get(parameter);
        return [
            parameter,
            from === "existing" && parameter.startsWith(own) ? "set" : from,
            there ? String(there.Version) : "missing",
            there?.LastModifiedDate?.toISOString().slice(0, 10) ?? "",
            readers.map(({ service }) => service).join(", "),
        ];
    });
    const { bold } = pc;
    out(`${table([["parameter", "from", "version", "changed", "read by"], ...rows], 0, [bold]).join("\n")}\n`);
    const missing = all.filter(({ parameter }) => !found.has(parameter));
    if (missing.length === 0) return 0;
    out(
        `\n${missing.length} missing: those of source set by \`npm run secrets -- set\`, those of the program by \`up\`\n`,
    );
    return 1;
}

export async function set(
    { ssm }: Pick<Aws, "ssm">,
    { parameter, from }: SecretView,
    around: Pick<Surroundings, "input" | "err" | "signal">,
): Promise<boolean> {
    const instead: Partial<Record<SecretView["from"], string>> = {
        generated: "the program makes it: npm run secrets -- rotate",
        derived: "the program makes it of something else: an `up` does, when that changes",
        configuration: "it is in the stack file: pulumi config set --secret",
    };
    if (instead[from]) throw new UsageError(`${parameter} is not to be set. ${instead[from]}`);
    const { PutParameterCommand } = await import("@aws-sdk/client-ssm");
    const value = around.input.isTTY ? await asked(parameter, around) : await read(around.input);
    if (value === "") throw new UsageError(`${parameter}: the value is empty, and nothing was changed`);
    if (Buffer.byteLength(value) > MOST_BYTES) {
        throw new UsageError(`${parameter}: the value is longer than ${MOST_BYTES} bytes, and nothing was changed`);
    }
    const { Version } = await ssm.send(
        new PutParameterCommand({
            ...{ Name: parameter, Value: value, Type: "SecureString", Overwrite: true },
            Tier: "Intelligent-Tiering", // an advanced parameter, for 5 cents a month, where it is longer than 4 KB
        }),
    );
    around.err(`${parameter} has version ${Version}\n`);
    return true;
}

/** All of stdin, without the end of its last line, which `echo` and editors add. */
async function read(input: NodeJS.ReadStream): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of input) chunks.push(Buffer.from(chunk as Uint8Array));
    return Buffer.concat(chunks)
        .toString("utf8")
        .replace(/\r?\n$/, "");
}

/** Twice, since nobody sees what is typed. */
async function asked(parameter: string, { input, err, signal }: Pick<Surroundings, "input" | "err" | "signal">) {
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const question = async (text: string) => {
        err(text);
        const lines = createInterface({ input, output: silent, terminal: true });
        lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
        try {
            return await new Promise<string>((resolve, reject) => {
                signal.addEventListener("abort", () => reject(new Error("interrupted")), { once: true });
                lines.question("", resolve);
            });
        } finally {
            lines.close();
            err("\n");
        }
    };
    const value = await question(`${parameter}: `);
    if ((await question("once more: ")) !== value)
        throw new UsageError("the two are not the same; nothing was changed");
    return value;
}

/** ECS reads a secret when a task starts: new tasks have the new value. */
export async function redeploy(
    { ecs }: Pick<Aws, "ecs">,
    { readers }: SecretView,
    stack: string,
    { root, err }: Pick<Surroundings, "root" | "err">,
    outputs = outputsOf(root, stack),
) {
    const { UpdateServiceCommand } = await import("@aws-sdk/client-ecs");
    const known = await outputs;
    if (!known) return err(`the stack ${stack} is not deployed yet: its first \`up\` takes it\n`);
    for (const name of new Set(readers.map(({ service }) => service))) {
        const service = known.serviceNames[name];
        if (service === undefined) continue; // a task that runs to its end reads it when it next starts
        await ecs.send(new UpdateServiceCommand({ cluster: known.clusterName, service, forceNewDeployment: true }));
        err(`${name} is deployed anew: aws logs tail --follow ${known.logGroups[name]}\n`);
    }
}

/** By Pulumi, since it is Pulumi that knows what is made of the value: a database's password, say, and then the parameter. */
async function rotate(
    { parameter, from }: SecretView,
    variable: string,
    stackName: string,
    projectName: string,
    { root, out, err }: Surroundings,
): Promise<number> {
    const why = FOR_GOOD[variable];
    if (why) throw new UsageError(`${parameter} stays what it is: ${why}`);
    if (from === "existing") throw new UsageError(`${parameter} is set by hand: npm run secrets -- set`);
    process.chdir(root); // where Pulumi runs a program
    const program = async () => (await import("../../index")).default();
    const stack = await LocalWorkspace.selectStack({ stackName, projectName, program }, { workDir: root });
    const urns = await generators(stack, parameter);
    if (urns.length === 0) {
        throw new UsageError(`${parameter} is not made of a generated password that the stack ${stackName} has`);
    }
    await stack.up({ target: urns, replace: urns, targetDependents: true, onOutput: out, onError: err });
    return 0;
}

/** What a parameter's value is made of, as the state has it. */
async function generators(stack: Stack, parameter: string): Promise<string[]> {
    const { resources = [] } = (await stack.exportStack()).deployment as { resources?: Exported[] };
    const found = resources.find(({ type, outputs }) => type === PARAMETER && outputs?.name === parameter);
    const passwords = new Set(resources.filter(({ type }) => type === PASSWORD).map(({ urn }) => urn));
    return (found?.dependencies ?? []).filter((urn) => passwords.has(urn));
}

const PARAMETER = "aws:ssm/parameter:Parameter";
const PASSWORD = "random:index/randomPassword:RandomPassword";

interface Exported {
    urn: string;
    type: string;
    outputs?: Record<string, unknown>;
    dependencies?: string[];
}

if (require.main === module) run(secrets);
