import type { SimulatedResource } from "../../plan/simulated-aws";
import { html, Markup } from "../html";
import type { MakeSection } from "../report";

/** What CloudWatch is given ("Dashboard body structure"), as far as the program says it. */
interface Widget {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly properties: {
        readonly title: string;
        /** ARNs: it shows their states. */
        readonly alarms?: readonly string[];
        /** It is a graph. The last part of each is what it is called, and whether it is drawn. */
        readonly metrics?: readonly (readonly unknown[])[];
    };
}

/** Lines and names of lines that a graph of the page has; CloudWatch has all. */
const MOST_LINES = 5;
/** Points of a line, and the size of a graph in the drawing's own units. */
const POINTS = 30;
const [WIDTH, HEIGHT] = [300, 60];

/** The dashboard, of what CloudWatch is given, with lines that are made up. */
export const dashboardSection: MakeSection = ({ resources }) => {
    const dashboard = resources.find(({ type }) => type === "aws:cloudwatch/dashboard:Dashboard");
    if (!dashboard) return undefined;
    const { widgets } = JSON.parse(String(dashboard.inputs.dashboardBody)) as { widgets: readonly Widget[] };
    const rows = [...new Set(widgets.map(({ y }) => y))];
    const nameOf = namesByArn(resources);
    return {
        id: "dashboard",
        title: "Dashboard",
        body: html`<p>
                <code>${String(dashboard.inputs.dashboardName)}</code> in CloudWatch, with its graphs where they will
                be. <b>The lines are made up</b>: nothing was measured.
            </p>
            <div class="dashboard">
                ${widgets.map(
                    ({ x, y, width, properties }) =>
                        html`<figure style="grid-area: ${rows.indexOf(y) + 1} / ${x + 1} / auto / span ${width}">
                            <figcaption>${properties.title}</figcaption>
                            ${properties.alarms && states(properties.alarms.map(nameOf))}
                            ${properties.metrics && graph(properties.metrics)}
                        </figure> `,
                )}
            </div>`,
    };
};

function namesByArn(resources: readonly SimulatedResource[]): (arn: string) => string {
    const names = new Map(resources.map(({ name, outputs }) => [outputs.arn, name]));
    return (arn) => names.get(arn) ?? arn;
}

const states = (names: readonly string[]) =>
    html`<ul class="states">
        ${names.map((name) => html`<li>${name}</li>`)}
    </ul>`;

function graph(metrics: readonly (readonly unknown[])[]): Markup {
    const drawn = metrics
        .map((metric) => metric.at(-1) as { readonly label?: string; readonly visible?: boolean })
        .filter(({ visible }) => visible !== false);
    const shown = drawn.slice(0, MOST_LINES);
    const more = drawn.length - shown.length;
    return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
            ${shown.map((_, line) => new Markup(`<polyline class="line-${line}" points="${madeUp(line)}"/>`))}
        </svg>
        <ul class="lines">
            ${shown.map(({ label }, line) => html`<li class="line-${line}">${label}</li>`)}
            ${more > 0 && html`<li>and ${more} more</li>`}
        </ul>`;
}

/** The same in every graph and every plan: two plans of one stack are one page. */
const madeUp = (line: number) =>
    Array.from({ length: POINTS }, (_, i) => {
        const y = HEIGHT * (0.7 - 0.12 * line + 0.1 * Math.sin(i / 3 + line) + 0.05 * Math.sin(2.1 * i + 3 * line));
        return `${Math.round((i * WIDTH) / (POINTS - 1))},${y.toFixed(1)}`;
    }).join(" ");
