/**
 * How often the users of the shared instance's databases have taken turns. A parameter in SSM says it of what runs, with the day; it is
 * written once everything has rolled out, so that no turn begins before the last one is over.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { SSMClient } from "@aws-sdk/client-ssm";
import type { Problem } from "../components/aws-error";
import { versionsPath } from "../components/keycloak/deployed-version";
import type { PlatformConfig } from "../config/defaults";
import { sharedRoles } from "../config/shared-roles";
import type { District } from "./district";
import { parametersOf } from "./parameters";

const NAME = "shared-db";
const DAY = 24 * 3600 * 1000;

export interface Turn {
    /** How often there was one. */
    readonly count: number;
    /** The day of the last one, or of the first `up`: `2026-11-27`. */
    readonly day: string;
}

type Rotation = NonNullable<PlatformConfig["sharedDatabase"]>["rotation"];

const parameterName = (project: string, stack: string) => `${versionsPath(project, stack, NAME)}/turn`;
const today = (now: number) => new Date(now).toISOString().slice(0, 10);

/** The turn of this `up`: at most one more than the last. */
export function turnOf(rotation: Rotation, last: Turn | undefined, now = Date.now()): Turn {
    if (typeof rotation === "number") {
        return rotation === last?.count ? last : { count: rotation, day: today(now) };
    }
    if (last === undefined) return { count: 0, day: today(now) };
    const due = now - Date.parse(last.day) >= rotation.everyDays * DAY;
    return due ? { count: last.count + 1, day: today(now) } : last;
}

/** Writes the turn down, once everything that connects has rolled out. A stack that never took a turn has nothing to write. */
export function rememberTurn({ config, turn, opts }: District, rolledOut: pulumi.Input<unknown>[]): void {
    const { sharedDatabase } = config;
    if (sharedDatabase === undefined || sharedDatabase.rotation === 0) return;
    new aws.ssm.Parameter(
        `${NAME}-turn`,
        {
            name: parameterName(pulumi.getProject(), pulumi.getStack()),
            description: "How often the users of the shared databases took turns, and when last",
            type: "String",
            insecureValue: pulumi.all(rolledOut).apply(() => `${turn.count} ${turn.day}`),
        },
        opts,
    );
}

interface Subject {
    readonly project: string;
    readonly stack: string;
    readonly config: PlatformConfig;
}

/** What whoever deploys has to be allowed. */
export const TURN_NEEDS = "ssm:GetParameters on the stack's parameters";

/** The last turn, and why the one that the configuration asks for would lock out what runs. */
export async function lastTurn(
    { project, stack, config }: Subject,
    ssm: Pick<SSMClient, "send">,
): Promise<{ last?: Turn; problems: Problem[] }> {
    const owners = sharedRoles(config).filter(({ database }) => database !== undefined);
    if (config.sharedDatabase === undefined || owners.length === 0) return { problems: [] };
    const { rotation } = config.sharedDatabase;
    const name = parameterName(project, stack);
    const second = owners.map(({ role }) => `/${project}/${stack}/${NAME}/${role}/PASSWORD_B`);
    const found = await parametersOf(ssm, [name, ...second]);
    const at = `${project}:sharedDatabase.rotation`;
    const text = found.get(name)?.Value;
    if (text === undefined) {
        // Counted by hand, by a program that did not write it down yet.
        const counted = second.some((key) => found.has(key)) && (rotation === 0 || typeof rotation !== "number");
        if (!counted) return { problems: [] };
        const what = `${at}: users took turns by a count, and nothing says how often`;
        return { problems: [{ what, fix: "the count that it had; everyDays after one `up` with that" }] };
    }
    const [, count, day] = /^(\d+) (\d{4}-\d\d-\d\d)$/.exec(text) ?? [];
    if (count === undefined || Number.isNaN(Date.parse(day!))) {
        const fix = `as it was before: aws ssm get-parameter-history --name ${name}`;
        return {
            problems: [{ what: `the parameter ${name} is ${text}, and no count with a day (5 2026-11-27)`, fix }],
        };
    }
    const last = { count: Number(count), day: day! };
    if (typeof rotation !== "number" || rotation === last.count || rotation === last.count + 1) {
        return { last, problems: [] };
    }
    const what = `${at}: after turn ${last.count} comes ${last.count + 1}, and not ${rotation}: it would change the password that tasks have`;
    return { last, problems: [{ what, fix: `${last.count} for none, ${last.count + 1} for the next one` }] };
}
