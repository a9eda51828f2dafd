/** What the Pulumi CLI says that somebody has to do something about, in a sentence with the remedy. */
import { CommandError } from "@pulumi/pulumi/automation";
import { Exit } from "../commands/command";
import { FAILED, STOPPED } from "./codes";

const LOGIN = "say where the state is: `pulumi login`, `pulumi login s3://BUCKET`, or PULUMI_BACKEND_URL";

/** In the order in which they are looked for. */
const KNOWN: [RegExp, string][] = [
    [/PULUMI_ACCESS_TOKEN must be set|login.*non-interactive|no.* logged in/i, `Pulumi is not logged in; ${LOGIN}`],
    [
        /passphrase must be set/,
        "the stack's secrets are encrypted with a passphrase, and the environment has none; set PULUMI_CONFIG_PASSPHRASE, " +
            "or PULUMI_CONFIG_PASSPHRASE_FILE to a file with it",
    ],
    [
        /incorrect passphrase/,
        "PULUMI_CONFIG_PASSPHRASE is not the passphrase of this stack; it is the one with which its stack file was first encrypted",
    ],
    [
        /(gocloud|awskms|secrets \(code=|KMS).*/i,
        "the key that encrypts the stack's secrets (secretsprovider in the stack file) cannot be used: whoever deploys needs " +
            "kms:Decrypt and kms:Encrypt on it, and credentials for its account",
    ],
    [
        /(unable to check if bucket|read bucket|open bucket|blob \(.*\)).*/,
        "the place of the state cannot be read: is the name right, and may these credentials read it? `pulumi whoami -v` names it",
    ],
];

/** The sentence for an error of the CLI that is known; undefined for another one. */
export function known(text: string): string | undefined {
    const found = KNOWN.find(([pattern]) => pattern.test(text));
    if (!found) return undefined;
    const [pattern, sentence] = found;
    const said = pattern.source.endsWith(".*") || pattern.flags ? ` (${pattern.exec(text)![0].slice(0, 200)})` : "";
    return sentence + said;
}

/** The lines of an error of the CLI that are about what went wrong. */
export function saidBy(error: Error): string {
    if (!(error instanceof CommandError)) return error.message;
    const lines = error.message.split("\n").filter((line) => line.trim() !== "");
    const from = lines.findIndex((line) => /^\s*error: /.test(line));
    return lines
        .slice(from < 0 ? -10 : from)
        .slice(0, 20)
        .join("\n")
        .replace(/^\s*error: /, "");
}

/** An error of the CLI, before an operation began, as the end of a command. */
export function told(error: unknown): unknown {
    if (!(error instanceof CommandError)) return error;
    const sentence = known(error.message);
    return sentence ? new Exit(STOPPED, sentence) : new Exit(FAILED, saidBy(error));
}
