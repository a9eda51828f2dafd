/** `npm run drill`: all kinds of alarm; `npm run drill -- errors latency`: these. */
import { ALARM_KIND_NAMES, type AlarmKindName } from "../../components/alarms/kinds";
import { drill, stacks } from "./drills";
import { lines } from "./table";

void (async () => {
    const asked = process.argv.slice(2);
    const unknown = asked.filter((name) => !(ALARM_KIND_NAMES as string[]).includes(name));
    if (unknown.length > 0) {
        console.error(`no kind of alarm: ${unknown.join(", ")}; there are ${ALARM_KIND_NAMES.join(", ")}`);
        process.exitCode = 1;
        return;
    }
    const stack = await stacks();
    const kinds = asked.length > 0 ? (asked as AlarmKindName[]) : ALARM_KIND_NAMES;
    console.log(lines(kinds.map((kind) => drill(kind, stack))).join("\n"));
})();
