/** The alarms that ECS watches during a deployment, as far as they ring. */
import type { Service } from "@aws-sdk/client-ecs";
import type { Clients } from "./aws-clients";

interface RingingAlarm {
    readonly name: string;
    /** What CloudWatch says of it. */
    readonly why: string;
}

/** Those of the service's deployment alarms that ring now. */
export async function ringingAlarms({ cloudWatch }: Clients, service: Service | undefined): Promise<RingingAlarm[]> {
    const { enable, alarmNames = [] } = service?.deploymentConfiguration?.alarms ?? {};
    if (!enable || alarmNames.length === 0) return [];
    const { DescribeAlarmsCommand } = await import("@aws-sdk/client-cloudwatch");
    const { MetricAlarms = [] } = await cloudWatch.send(
        new DescribeAlarmsCommand({ AlarmNames: alarmNames, StateValue: "ALARM" }),
    );
    return MetricAlarms.map(({ AlarmName = "", AlarmDescription = "", StateReason = "" }) => ({
        name: AlarmName,
        why: [AlarmDescription, StateReason].filter(Boolean).join(" "),
    }));
}

/** Where the console shows an alarm's graph. */
export const graphOf = (alarm: string, region: string) =>
    `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(alarm)}`;
