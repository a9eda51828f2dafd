/** Fargate Spot: a base on demand that leaves tasks for Spot. */
import type { PlatformConfig, SpotConfig } from "../defaults";
import type { Path, Problem } from "./common";

interface Workload {
    readonly count: number;
    readonly autoscaling?: { readonly max: number };
    readonly spot: SpotConfig;
}

export function checkSpot({ agents, services, keycloak, heritages }: PlatformConfig): Problem[] {
    return [
        ...each(["agents"], agents),
        ...each(["services"], services),
        ...each([], keycloak ? { keycloak } : {}),
        ...Object.entries(heritages).flatMap(([name, heritage]) =>
            each(["heritages", name, "services"], heritage.services),
        ),
    ];
}

const each = (path: Path, workloads: Readonly<Record<string, Workload>>) =>
    Object.entries(workloads).flatMap(([name, workload]) => spotProblems([...path, name], workload));

function spotProblems(path: Path, { count, autoscaling, spot }: Workload): Problem[] {
    const most = autoscaling?.max ?? count;
    if (typeof spot === "boolean" || spot.base < most || most === 0) return [];
    return [
        {
            path: [...path, "spot", "base"],
            what: `${spot.base} of at most ${most} ${most === 1 ? "task" : "tasks"} on demand leaves none for Spot`,
            fix: "a smaller base, or spot: false",
            also: [
                [...path, "count"],
                [...path, "autoscaling"],
            ],
        },
    ];
}
