/**
 * Alarms on a service's targets (SLOs): how much of its requests it promises to answer, and how fast.
 *
 * What a target leaves is the error budget: 0.1 % of the requests of 30 days, say. A page tells where the budget is used up so fast that somebody
 * has to get up: over a long window, and over a short one as well, so that it is over soon after its cause is. The windows and rates are those of
 * the Site Reliability Workbook, "Alerting on SLOs": 2 % of the budget in an hour, 5 % in six.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { Alarms, Measured } from "../alarms";

export interface Targets {
    /** Percent of the requests that are not answered with 5xx. @default no promise */
    readonly availability?: number;
    /** Percent of the requests that are answered within so many milliseconds. @default no promise */
    readonly latency?: { readonly ms: number; readonly percent: number };
}

const [MINUTE, HOUR] = [60, 3600];

/** `rate`: how many times as fast as would last for 30 days. */
const PAIRS = [
    { rate: 14.4, windows: { "1h": HOUR, "5m": 5 * MINUTE } },
    { rate: 6, windows: { "6h": 6 * HOUR, "30m": 30 * MINUTE } },
] as const;

/** The seconds of all windows in which a promise is watched. */
export const WINDOWS: readonly number[] = PAIRS.flatMap(({ windows }) => Object.values(windows));

export function targetAlarms(
    alarms: Alarms,
    { name, suffix }: { name: string; suffix: string | undefined },
    { failed, slow }: { failed: Measured; slow: (seconds: number) => Measured },
    opts: pulumi.CustomResourceOptions,
): void {
    const { availability, latency } = alarms.targetsOf(name);
    const promised = [
        ...(availability === undefined
            ? []
            : [{ kind: "availability" as const, budget: 100 - availability, measured: failed }]),
        ...(latency === undefined
            ? []
            : [{ kind: "latency-target" as const, budget: 100 - latency.percent, measured: slow(latency.ms / 1000) }]),
    ];
    for (const { kind, budget, measured } of promised) {
        for (const { rate, windows } of PAIRS) {
            const threshold = Number((rate * budget).toFixed(3));
            const together = [suffix, kind, rate].join();
            for (const [window, period] of Object.entries(windows)) {
                const windowSuffix = [suffix, window].filter(Boolean).join("-");
                alarms.make({ name, kind, suffix: windowSuffix, measured, threshold, period, together }, opts);
            }
        }
    }
}
