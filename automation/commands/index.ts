/** Every command, in the order of the help. */
import type { CommandContext } from "../shared/context";
import { bootstrap } from "./bootstrap";
import { ci } from "./ci";
import { defineGroup, type Group } from "./cli/define";
import { runLine } from "./cli/run";
import { completeOf, completion } from "./completion";
import { convert } from "./convert";
import { costs } from "./costs";
import { database } from "./database";
import { destroy, drift, preview, refresh, up } from "./deploy";
import { exec } from "./exec";
import { files } from "./files";
import { images } from "./images";
import { local } from "./local";
import { sleep, wake } from "./off-hours";
import { plan } from "./plan";
import { realm } from "./realm";
import { secrets } from "./secrets";
import { task } from "./task";
import { tunnel } from "./tunnel";
import { verify } from "./verify";

const COMMANDS = {
    plan,
    costs,
    preview,
    up,
    verify,
    drift,
    refresh,
    destroy,
    task,
    exec,
    tunnel,
    secrets,
    database,
    files,
    realm,
    sleep,
    wake,
    local,
    convert,
    bootstrap,
    images,
    ci,
    completion,
} as const;

/** The command line, with other commands in the place of some where `instead` has them. */
export function identityWith(instead: Group["commands"] = {}): Group {
    const commands = { ...COMMANDS, ...instead };
    const summary = "an identity platform on AWS: plan it, deploy it, look after it";
    const all = defineGroup({ summary, description: DESCRIPTION, commands });
    return { ...all, commands: { ...commands, complete: completeOf(all) } };
}

const DESCRIPTION = `
Plans, deploys and looks after the stacks of the folder with Pulumi.yaml, in which it is called or below which. \`plan\`,
\`costs\` and \`local\` need no AWS account. Each command has its own --help, with examples and exit codes.

Colours are left out where NO_COLOR is set, or where the output is neither a terminal nor a CI's log (the variable CI).`;

export const IDENTITY = identityWith();

/** Runs `identity …`, and returns the exit code. */
export const identity = (words: readonly string[], context: CommandContext, group = IDENTITY): Promise<number> =>
    runLine(words, group, context);
