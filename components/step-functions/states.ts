/** States of Amazon States Language, and the steps that are made of them. */

export type State = Record<string, unknown>;
export type States = Record<string, State>;

/** A few states that are one step: the first is where it starts, and `NEXT` is wherever the step after it starts. */
export interface Step {
    start: string;
    states: States;
}
export const NEXT = "<next>";

export function inOrder(steps: Step[]): { StartAt: string; States: States } {
    const states = steps.map(({ states }, i) => {
        const text = JSON.stringify(states);
        return JSON.parse(text.replaceAll(JSON.stringify(NEXT), JSON.stringify(steps[i + 1]?.start ?? ""))) as States;
    });
    return { StartAt: steps[0]!.start, States: Object.assign({}, ...states) as States };
}

export const call = (api: string, Parameters: unknown, more: State): State => ({
    Type: "Task",
    Resource: `arn:aws:states:::aws-sdk:${api}`,
    Parameters,
    // Throttling and a server's bad moment; a request that is wrong fails three times, and then with AWS's own words.
    Retry: [{ ErrorEquals: ["States.TaskFailed"], IntervalSeconds: 3, MaxAttempts: 2, BackoffRate: 2 }],
    ...more,
});

export const fail = (Error: string, Cause: string): State => ({ Type: "Fail", Error, Cause });
export const because = (Error: string, CausePath: string): State => ({ Type: "Fail", Error, CausePath });

/** Where a step keeps the ARN of a revision. A reference path takes no dash. */
export const revision = (name: string) => `$.registered.${name.replaceAll("-", "_")}`;

/** Seconds between two looks at a task or a service. */
export const POLL_SECONDS = 10;
