import { expect } from "chai";
import type { PlannedStack } from "../../../automation/plan/plan-stack";
import { dashboardSection } from "../../../automation/report/sections/dashboard";
import { planEverything } from "../../stacks/everything";

const sectionOf = (planned: PlannedStack) => dashboardSection(planned as never);

describe("the dashboard of the report", function () {
    this.timeout(60_000);
    let planned: PlannedStack;
    let text: string;

    before(async () => {
        planned = await planEverything("everything");
        text = sectionOf(planned)!.body.text;
    });

    it("has each graph of the one that CloudWatch is given, in its place, and says that its lines are made up", () => {
        const { inputs } = planned.resources.find(({ type }) => type === "aws:cloudwatch/dashboard:Dashboard")!;
        const { widgets } = JSON.parse(String(inputs.dashboardBody)) as {
            widgets: { x: number; width: number; properties: { title: string } }[];
        };
        const drawn = [
            ...text.matchAll(/<figure style="grid-area: \d+ \/ (\d+) \/ auto \/ span (\d+)">\s*<figcaption>(.*?)</g),
        ];
        expect(drawn.map(([, column, width, title]) => [title, Number(column) - 1, Number(width)])).to.deep.equal(
            widgets.map(({ x, width, properties }) => [properties.title, x, width]),
        );
        expect(widgets.length).to.be.greaterThan(10);
        expect(text).to.contain("The lines are made up");
    });

    it("names alarms and lines as the stack does, and folds what would be too much", () => {
        expect(text).to.contain("<li>issuer-cpu</li>");
        expect(text).to.match(/<li class="line-0">issuer/);
        expect(text).to.match(/<li>and \d+ more<\/li>/);
        expect(text).to.not.contain("line-5");
        expect(text.length).to.be.below(64 * 1024);
    });

    it("is left out where a stack has none", () => {
        expect(sectionOf({ ...planned, resources: [] })).to.equal(undefined);
    });
});
