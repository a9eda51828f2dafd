/** Explains errors of the Pulumi CLI that the user can correct, with the remedy. */
import { CommandError } from "@pulumi/pulumi/automation";
import { Exit } from "../shared/errors";
import { FAILED } from "../shared/exit-codes";
import { type Finding, Unready } from "./findings";

/** The first pattern that matches counts. The text of its group is added to the explanation. */
const KNOWN: [pattern: RegExp, what: string, fix: string][] = [
    [
        /PULUMI_ACCESS_TOKEN must be set/,
        "Pulumi is not logged in, and does not know where the state is",
        "`pulumi login`, `pulumi login s3://BUCKET`, or PULUMI_BACKEND_URL",
    ],
    [
        /passphrase must be set/,
        "the stack's secrets are encrypted with a passphrase, and the environment has none",
        "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file with it",
    ],
    [
        /incorrect passphrase/,
        "PULUMI_CONFIG_PASSPHRASE is not the passphrase of this stack",
        "it is the one with which the stack was made; another one reads none of its secrets",
    ],
    [
        /((?:secrets \(code=|awskms|gcpkms|azurekeyvault).*)/i,
        "the key that encrypts the stack's secrets (secretsprovider in its file) cannot be used",
        "whoever deploys needs kms:Encrypt and kms:Decrypt on it, and credentials of its account",
    ],
    [
        /((?:unable to check if bucket|read bucket|open bucket|blob \(code=).*)/i,
        "the place of the state cannot be read",
        "is its name right (`pulumi whoami -v`), and may these credentials read and write it?",
    ],
];

/** The explanation of a known error; undefined for any other text. */
export function known(text: string): Finding | undefined {
    for (const [pattern, what, fix] of KNOWN) {
        const found = pattern.exec(text);
        if (found) return { what: found[1] ? `${what}: ${found[1].slice(0, 200)}` : what, fix, blind: true };
    }
    return undefined;
}

/** The lines of the CLI's output that explain its error. */
export function cliErrorText(error: Error): string {
    if (!(error instanceof CommandError)) return error.message;
    const lines = error.message.split("\n").filter((line) => line.trim() !== "");
    const from = lines.findIndex((line) => /^\s*error: /.test(line));
    return lines
        .slice(from < 0 ? -10 : from)
        .slice(0, 20)
        .join("\n")
        .replace(/^\s*error: /, "");
}

/** Turns an error of the CLI before an operation into the command's exit. */
export function asCommandError(error: unknown): unknown {
    if (!(error instanceof CommandError)) return error;
    const finding = known(error.message);
    return finding ? new Unready([finding]) : new Exit(FAILED, cliErrorText(error));
}
