/** What the stack's secrets are. No value is ever printed. */
import pc from "picocolors";
import { parametersOf } from "../../../platform/parameters";
import { table } from "../../plan/text";
import type { SecretView } from "../../plan/sections/secrets";
import { awsOf } from "../../runner/deployed";
import type { CommandContext } from "../../shared/context";
import { secretsOf } from "./named";

const inSsm = (secrets: readonly SecretView[]) => secrets.filter(({ from }) => from !== "Secrets Manager");

/** Lists the secrets by name, with what SSM says of each, and how a missing one comes to be. */
export async function list(
    { stack }: { readonly stack: string },
    { root, out }: Pick<CommandContext, "root" | "out">,
): Promise<number> {
    const { file, prefix, secrets } = await secretsOf(root, stack);
    const aws = await awsOf(file);
    const found = await parametersOf(
        aws.ssm,
        inSsm(secrets).map(({ parameter }) => parameter),
    );
    const rows = secrets.map(({ parameter, from, readers }) => {
        const there = found.get(parameter);
        return [
            parameter,
            from === "existing" && parameter.startsWith(prefix) ? "set" : from,
            there ? String(there.Version) : from === "Secrets Manager" ? "" : "missing",
            there?.LastModifiedDate?.toISOString().slice(0, 10) ?? "",
            readers.map(({ service }) => service).join(", "),
        ];
    });
    const { bold } = pc;
    out(`${table([["parameter", "from", "version", "changed", "read by"], ...rows], 0, [bold]).join("\n")}\n`);
    const missing = inSsm(secrets).filter(({ parameter }) => !found.has(parameter));
    if (missing.length === 0) return 0;
    out(
        `\n${missing.length} missing: those of source set by \`npx identity secrets set\`, those of the program by \`up\`\n`,
    );
    return 1;
}
