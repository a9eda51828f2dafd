/** Outputs of the stack that have a value for each of its workloads. */

/** By the workload's name. */
export const byName = <Made, Value>(
    workloads: Record<string, Made>,
    value: (nonNullable: Made) => Value,
): Record<string, Value> =>
    Object.fromEntries(Object.entries(workloads).map(([name, workload]) => [name, value(workload)]));

/** The same of what has several parts, by `<name>-<part>`. */
export const byPart = <Made, Value>(
    made: Record<string, Made>,
    values: (nonNullable: Made) => Record<string, Value>,
): Record<string, Value> =>
    Object.fromEntries(
        Object.entries(made).flatMap(([name, workload]) =>
            Object.entries(values(workload)).map(([part, value]) => [`${name}-${part}`, value]),
        ),
    );

/** The same of those that have it. */
export const byPresent = <Made, Value>(
    made: Record<string, Made>,
    value: (nonNullable: Made) => Value | undefined,
): Record<string, Value> =>
    Object.fromEntries(
        Object.entries(made).flatMap(([name, workload]) => {
            const found = value(workload);
            return found === undefined ? [] : [[name, found]];
        }),
    );
