/** Puts a value into SSM. No value is ever printed. */
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { SecretView } from "../../plan/sections/secrets";
import { type Aws, awsOf, outputsOf } from "../../runner/deployed";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import { secretNamed, secretsOf } from "./named";
import type { SetInput } from "../secrets";

/** What SSM takes for an advanced parameter; a longer one is no secret but a file. */
const MOST_BYTES = 8192;

export async function set(input: SetInput, context: CommandContext): Promise<number> {
    const stackSecrets = await secretsOf(context.root, input.stack);
    const secret = secretNamed(stackSecrets, input);
    const aws = await awsOf(stackSecrets.file);
    await putValue(aws, secret, context);
    if (input.deploy) await redeploy(aws, secret, input.stack, context);
    return 0;
}

export async function putValue(
    { ssm }: Pick<Aws, "ssm">,
    { parameter, from }: SecretView,
    context: Pick<CommandContext, "input" | "err" | "signal">,
): Promise<void> {
    const instead: Partial<Record<SecretView["from"], string>> = {
        generated: "the program makes it: npx identity secrets rotate",
        derived: "the program makes it of something else: an `up` does, when that changes",
        "Secrets Manager":
            "Secrets Manager keeps it: aws secretsmanager put-secret-value, and an `up` deploys what reads it",
        configuration: "it is in the stack file: pulumi config set --secret",
    };
    if (instead[from]) throw new UsageError(`${parameter} is not to be set. ${instead[from]}`);
    const { PutParameterCommand } = await import("@aws-sdk/client-ssm");
    const value = context.input.isTTY ? await asked(parameter, context) : await read(context.input);
    if (value === "") throw new UsageError(`${parameter}: the value is empty, and nothing was changed`);
    if (Buffer.byteLength(value) > MOST_BYTES) {
        throw new UsageError(`${parameter}: the value is longer than ${MOST_BYTES} bytes, and nothing was changed`);
    }
    const { Version } = await ssm.send(
        new PutParameterCommand({
            Name: parameter,
            Value: value,
            Type: "SecureString",
            Overwrite: true,
            Tier: "Intelligent-Tiering", // an advanced parameter, for 5 cents a month, where it is longer than 4 KB
        }),
    );
    context.err(`${parameter} has version ${Version}\n`);
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
async function asked(parameter: string, { input, err, signal }: Pick<CommandContext, "input" | "err" | "signal">) {
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
    { root, err }: Pick<CommandContext, "root" | "err">,
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
