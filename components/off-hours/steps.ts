/** The steps of which sleeping and waking are made. */
import { call, fail, NEXT, type State, type States, type Step } from "../step-functions/states";

/** A branch of a parallel step: a small machine of its own. The names of its states are unique in the whole definition. */
export interface Branch {
    readonly StartAt: string;
    readonly States: States;
}

/** One request. Its answer is not kept. */
export const request = (name: string, api: string, parameters: unknown, more: State = {}): Step => ({
    start: name,
    states: { [name]: call(api, parameters, { ResultPath: null, Next: NEXT, ...more }) },
});

/** Branches side by side, to the end of all. No step where there is no branch. */
export const sideBySide = (name: string, branches: readonly Branch[], more: State = {}): Step[] =>
    branches.length === 0
        ? []
        : [
              {
                  start: name,
                  states: {
                      [name]: { Type: "Parallel", Branches: branches, ResultPath: null, Next: NEXT, ...more },
                  },
              },
          ];

interface Loop {
    /** What is waited for, as it ends the names of the states: `web`, `wallet-db`. */
    readonly what: string;
    /** A request, and what is kept of its answer as `$.seen`. */
    readonly look: {
        readonly api: string;
        readonly parameters: unknown;
        readonly select: Readonly<Record<string, unknown>>;
    };
    /** A condition on `$.seen`: it is as it should be. */
    readonly done: State;
    /** A condition, and the request that is made where it holds. */
    readonly act?: { readonly when: State; readonly name: string; readonly api: string; readonly parameters: unknown };
    /** Between two looks. */
    readonly seconds: number;
    /** After so many seconds the execution fails. */
    readonly limitSeconds: number;
    /** The sentence of that failure. */
    readonly late: string;
}

/** Looks, acts where it has to, waits and looks again, until it is done. */
export function until({ what, look, done, act, seconds, limitSeconds, late }: Loop): Branch {
    const [begin, looking, judge, wait, count] = [
        `Begin ${what}`,
        `Look at ${what}`,
        `Judge ${what}`,
        `Wait for ${what}`,
        `Count ${what}`,
    ];
    const [end, failed] = [`${what} is done`, `${what} is late`];
    const looks = { Variable: "$.looks.number", NumericGreaterThanEquals: Math.ceil(limitSeconds / seconds) };
    return {
        StartAt: begin,
        States: {
            [begin]: { Type: "Pass", Result: { number: 0 }, ResultPath: "$.looks", Next: looking },
            [looking]: call(look.api, look.parameters, {
                ResultSelector: look.select,
                ResultPath: "$.seen",
                Next: judge,
            }),
            [judge]: {
                Type: "Choice",
                Choices: [
                    { ...done, Next: end },
                    { ...looks, Next: failed },
                    ...(act ? [{ ...act.when, Next: act.name }] : []),
                ],
                Default: wait,
            },
            ...(act ? { [act.name]: call(act.api, act.parameters, { ResultPath: null, Next: wait }) } : {}),
            [wait]: { Type: "Wait", Seconds: seconds, Next: count },
            [count]: {
                Type: "Pass",
                Parameters: { "number.$": "States.MathAdd($.looks.number, 1)" },
                ResultPath: "$.looks",
                Next: looking,
            },
            [end]: { Type: "Succeed" },
            [failed]: fail("TooLate", late),
        },
    };
}

/** In pieces of a size. */
export const inPieces = <Item>(items: readonly Item[], size: number): Item[][] =>
    Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
