/**
 * What CloudWatch makes of measurements, minute by minute: when an alarm rings, and when a composite alarm tells of it (CloudWatch user guide,
 * "Alarm evaluation windows", "Configuring how CloudWatch alarms treat missing data", "Alarm suppression"). The emulator of the engine tests keeps
 * alarms, and judges nothing.
 */
import type { SimulatedResource } from "../../automation/plan/simulated-aws";

/** What is measured in a minute, by the id of a metric in an expression; `value` for an alarm on one metric. Undefined: nothing is. */
export type Measurements = Readonly<Record<string, number | undefined>>;
/** From minute 1 on something happens; up to 0 all is well. */
export type Course = (minute: number) => Measurements;

interface Query {
    readonly id: string;
    readonly expression?: string;
    readonly metric?: { readonly stat: string; readonly period: number };
}

interface AlarmInputs {
    readonly metricQueries?: readonly Query[];
    readonly statistic?: string;
    readonly period?: number;
    readonly evaluationPeriods: number;
    readonly datapointsToAlarm: number;
    readonly comparisonOperator: string;
    readonly threshold: number;
    readonly treatMissingData: "breaching" | "notBreaching";
}

export const inputsOf = (alarm: SimulatedResource) => alarm.inputs as unknown as AlarmInputs;

/** Whether the alarm rings at the end of each minute, from 1 on. */
export function rings(alarm: SimulatedResource, course: Course, minutes: number): boolean[] {
    const inputs = inputsOf(alarm);
    const { evaluationPeriods, datapointsToAlarm, treatMissingData } = inputs;
    const metrics = (inputs.metricQueries ?? []).flatMap(({ id, metric }) => (metric ? [{ id, ...metric }] : []));
    const of =
        metrics.length > 0 ? metrics : [{ id: "value", stat: inputs.statistic ?? "p95", period: inputs.period! }];
    const each = of[0]!.period / 60;
    const expression = inputs.metricQueries?.find((query) => query.expression)?.expression ?? "value";
    const compute = calculator(
        expression,
        of.map(({ id }) => id),
    );
    const datapoint = (end: number): boolean => {
        const values = of.map(({ id, stat }) =>
            together(
                stat,
                past(end, each).map((minute) => course(minute)[id]),
            ),
        );
        if (values.includes(undefined)) return treatMissingData === "breaching";
        return breaches(inputs, compute(...(values as number[])));
    };
    return Array.from({ length: minutes }, (_, i) => {
        const ends = Array.from({ length: evaluationPeriods }, (__, back) => i + 1 - back * each);
        return ends.filter(datapoint).length >= datapointsToAlarm;
    });
}

/** The first minute at whose end it is so; undefined where it never is. */
export function first(states: readonly boolean[]): number | undefined {
    const found = states.indexOf(true);
    return found < 0 ? undefined : found + 1;
}

/** Whether a composite alarm's rule holds, where the alarms with these names ring: `ALARM("a") OR (ALARM("b") AND ALARM("c"))`. */
export const holds = (rule: string, ringing: (alarm: string) => boolean): boolean =>
    rule.split(" OR ").some((term) => [...term.matchAll(/ALARM\("([^"]+)"\)/g)].every(([, alarm]) => ringing(alarm!)));

/**
 * The minute in which a composite alarm tells somebody. It waits for its suppressor, is silent while that rings, and for the extension after that.
 */
export function tells(
    ringing: readonly boolean[],
    suppressor: { readonly rings: readonly boolean[]; readonly wait: number; readonly extension: number } | undefined,
): number | undefined {
    let [waited, silentUntil] = [0, 0];
    for (const [i, state] of ringing.entries()) {
        const minute = i + 1;
        if (suppressor?.rings[i]) silentUntil = minute + suppressor.extension + 1;
        waited = state ? waited + 1 : 0;
        if (state && minute >= silentUntil && waited > (suppressor?.wait ?? 0)) return minute;
    }
    return undefined;
}

const past = (end: number, count: number) => Array.from({ length: count }, (_, back) => end - back);

function together(stat: string, measured: readonly (number | undefined)[]): number | undefined {
    const values = measured.filter((value) => value !== undefined);
    if (values.length === 0) return undefined;
    const sum = values.reduce((all, value) => all + value, 0);
    switch (stat) {
        case "Sum":
        case "SampleCount":
            return sum;
        case "Minimum":
            return Math.min(...values);
        case "Maximum":
            return Math.max(...values);
        default: // an average; of percentiles it is one where minutes are alike
            return sum / values.length;
    }
}

function breaches({ comparisonOperator, threshold }: AlarmInputs, value: number): boolean {
    switch (comparisonOperator) {
        case "GreaterThanThreshold":
            return value > threshold;
        case "LessThanThreshold":
            return value < threshold;
        case "GreaterThanOrEqualToThreshold":
            return value >= threshold;
        default:
            throw new Error(`${comparisonOperator} is not known here`);
    }
}

/** An expression of metric math that has only `IF`, `MAX` and arithmetic. */
function calculator(expression: string, ids: readonly string[]): (...values: number[]) => number {
    const compute = new Function("IF", "MAX", ...ids, `return ${expression};`) as (...all: unknown[]) => number;
    const choose = (condition: boolean, yes: number, no: number) => (condition ? yes : no);
    return (...values) => compute(choose, (list: number[]) => Math.max(...list), ...values);
}
