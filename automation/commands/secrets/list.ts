/** What the stack's secrets are, and how old. No value is ever printed. */
import pc from "picocolors";
import { parametersOf } from "../../../platform/parameters";
import { table } from "../../plan/text";
import type { SecretView } from "../../plan/sections/secrets";
import { type Aws, awsOf } from "../../runner/deployed";
import type { CommandContext } from "../../shared/context";
import { DONE, DRIFTED, FAILED } from "../../shared/exit-codes";
import { FOR_GOOD, secretsOf } from "./named";
import type { ListInput } from "../secrets";

const DAY = 24 * 3600 * 1000;
const inSsm = (secrets: readonly SecretView[]) => secrets.filter(({ from }) => from !== "Secrets Manager");

/** What the program writes beside a database's password, and certificates: an `up` makes these anew, and an alarm watches those brought along. */
const NOT_ROTATED = /\/(database\/[^/]+\/(host|port|name|user)|[^/]+-tls\/TLS_(CERTIFICATE|PRIVATE_KEY))$/;

/** Whether somebody has to change it now and then. */
const ages = ({ parameter, from }: SecretView) =>
    from !== "derived" && !(parameter.split("/").at(-1)! in FOR_GOOD) && !NOT_ROTATED.test(parameter);

/** Lists the secrets by name, with what SSM says of each, how a missing one comes to be, and which are old. */
export async function list(
    { stack, olderThan }: ListInput,
    { root, out }: Pick<CommandContext, "root" | "out">,
    awsFor: (file: Parameters<typeof awsOf>[0]) => Promise<Pick<Aws, "ssm">> = awsOf,
): Promise<number> {
    const { file, prefix, secrets } = await secretsOf(root, stack);
    const { ssm } = await awsFor(file);
    const found = await parametersOf(
        ssm,
        inSsm(secrets).map(({ parameter }) => parameter),
    );
    const days = (parameter: string) => {
        const changed = found.get(parameter)?.LastModifiedDate;
        return changed && Math.floor((Date.now() - changed.getTime()) / DAY);
    };
    const rows = secrets.map(({ parameter, from, readers }) => {
        const there = found.get(parameter);
        return [
            parameter,
            from === "existing" && parameter.startsWith(prefix) ? "set" : from,
            there ? String(there.Version) : from === "Secrets Manager" ? "" : "missing",
            there?.LastModifiedDate?.toISOString().slice(0, 10) ?? "",
            String(days(parameter) ?? ""),
            readers.map(({ service }) => service).join(", "),
        ];
    });
    const { bold } = pc;
    const heads = ["parameter", "from", "version", "changed", "days", "read by"];
    // Names stay whole, to be copied and searched for: a line is as long as it has to be.
    out(`${table([heads, ...rows], 0, [bold], Infinity).join("\n")}\n`);
    const missing = inSsm(secrets).filter(({ parameter }) => !found.has(parameter));
    if (missing.length > 0) {
        out(
            `\n${missing.length} missing: those of source set by \`npx identity secrets set\`, those of the program by \`up\`\n`,
        );
    }
    const old = secrets.filter(
        (secret) => olderThan !== undefined && ages(secret) && (days(secret.parameter) ?? 0) > olderThan,
    );
    if (old.length > 0) {
        const lines = old.map(({ parameter }) => `    ${parameter}: ${days(parameter)} days`);
        out(`\nolder than ${olderThan} days (docs/operations.md, Rotating secrets):\n${lines.join("\n")}\n`);
    }
    return missing.length > 0 ? FAILED : old.length > 0 ? DRIFTED : DONE;
}
