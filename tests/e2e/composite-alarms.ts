/**
 * Composite alarms, which moto lacks (CloudWatch API reference, PutCompositeAlarm). It keeps each as a metric alarm of that name; what only a
 * composite one has is kept here.
 */
const OWN = ["AlarmRule", "ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"];

/** Fields of an answer, in XML, by the alarm's name. */
const kept = new Map<string, string>();

export function asMetricAlarm(body: Buffer): Buffer {
    if (!body.includes("Action=PutCompositeAlarm")) return body;
    const form = new URLSearchParams(body.toString("utf8"));
    const own = OWN.filter((key) => form.has(key));
    kept.set(form.get("AlarmName")!, own.map((key) => `<${key}>${form.get(key)}</${key}>`).join(""));
    form.set("Action", "PutMetricAlarm");
    return Buffer.from(form.toString());
}

export const asksForCompositeAlarms = (body: Buffer) =>
    body.includes("Action=DescribeAlarms") && body.includes("=CompositeAlarm");

/** A list of metric alarms as one of composite alarms. */
export const asCompositeAlarms = (xml: string) =>
    xml
        .replace("<CompositeAlarms/>", "")
        .replace(/(<\/?)MetricAlarms/g, "$1CompositeAlarms")
        .replace(/<AlarmName>([^<]*)<\/AlarmName>/g, (field, name: string) => field + (kept.get(name) ?? ""));
