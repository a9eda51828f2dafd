/**
 * Composite alarms (CloudWatch API reference, PutCompositeAlarm). moto keeps and describes them, and lacks the operation: PutMetricAlarm makes one
 * of an alarm with a rule. What suppresses its actions is kept here.
 */
const ACTION = "Action=PutCompositeAlarm&";
const SUPPRESSOR = ["ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"];

/** Fields of an answer, in XML, by the alarm's name. */
const suppressors = new Map<string, string>();

export function asMetricAlarm(body: Buffer): Buffer {
    const text = body.toString("utf8");
    if (!text.startsWith(ACTION) && !text.includes(`&${ACTION}`)) return body;
    const form = new URLSearchParams(text);
    const fields = SUPPRESSOR.filter((key) => form.has(key)).map((key) => `<${key}>${form.get(key)}</${key}>`);
    suppressors.set(form.get("AlarmName")!, fields.join(""));
    form.set("Action", "PutMetricAlarm");
    return Buffer.from(form.toString());
}

export const describesAlarms = (body: Buffer) => /(^|&)Action=DescribeAlarms(&|$)/.test(body.toString("utf8"));

export const withSuppressors = (xml: string) =>
    xml.replace(/<AlarmName>([^<]*)<\/AlarmName>/g, (field, name: string) => field + (suppressors.get(name) ?? ""));
