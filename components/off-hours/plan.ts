/** What a stack's off hours stop and start. All values are known. */

export interface OffHoursPlan {
    /** Names of alarms, which tell nobody while the stack is asleep. */
    readonly alarms: readonly string[];
    /** Schedules of EventBridge Scheduler, which start nothing meanwhile. */
    readonly schedules: Readonly<Record<string, ScheduleName>>;
    readonly services: Readonly<Record<string, SleepingService>>;
    /** Identifiers of RDS instances. */
    readonly databases: Readonly<Record<string, string>>;
    /** Ids of EC2 instances. */
    readonly machines: Readonly<Record<string, string>>;
}

export interface ScheduleName {
    readonly name: string;
    readonly group: string;
}

export interface SleepingService {
    /** ARNs. */
    readonly cluster: string;
    readonly service: string;
    /** Its tasks when it is awake. */
    readonly count: number;
    /** What Application Auto Scaling calls it, and its fewest tasks. @default none: it is not autoscaled */
    readonly scaling?: { readonly resourceId: string; readonly min: number };
}
