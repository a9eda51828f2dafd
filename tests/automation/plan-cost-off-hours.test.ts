import path from "node:path";
import { expect } from "chai";
import { type Choice } from "../../automation/plan/sections/cost-choices";
import { extremes } from "../../automation/plan/sections/cost-extremes";
import { awakeHours, monthWith, USUAL_HOURS } from "../../automation/plan/sections/cost-off-hours";
import { planStack } from "../../automation/plan/plan-stack";
import { costTables } from "../../automation/plan/tables/cost";

const ROOT = path.join(__dirname, "../..");
const SCHEDULE = '{"off":"19:00","on":"07:00","days":"mon-fri","zone":"Asia/Tokyo"}';
const paragraphs = (plan: Awaited<ReturnType<typeof planOf>>) =>
    JSON.stringify(costTables(plan)).replaceAll(/"?(paragraph|strong|quiet)"?/g, "");
const planOf = async (stack: string, schedule?: string) => {
    const adapt = (file: Parameters<NonNullable<Parameters<typeof planStack>[0]["adapt"]>>[0]) =>
        schedule ? { ...file, config: { ...file.config, "identity:schedule": schedule } } : file;
    return (await planStack({ root: ROOT, stack, adapt })).model;
};

describe("what off hours cost", () => {
    it("is 60 of 168 hours a week for twelve hours on weekdays, also where a day ends after midnight", () => {
        expect(awakeHours(USUAL_HOURS)).to.equal(60);
        expect(awakeHours({ on: "22:30", off: "06:00", days: ["mon", "tue"] })).to.equal(15);
    });

    it("is everything but what stops, and of that the hours awake", () => {
        expect(monthWith({ min: 100, stops: 56 }, USUAL_HOURS)).to.be.closeTo(44 + (56 * 60) / 168, 1e-9);
    });

    it("is told of dev with a schedule: tasks, instances of databases and machines stop, and nothing else", async () => {
        const { cost } = await planOf("dev", SCHEDULE);
        const stopping = cost.components.flatMap(({ items }) => items.filter(({ stops }) => stops));
        expect(new Set(stopping.map(({ what }) => what.split(" ")[0]))).to.deep.equal(new Set(["task", "RDS"]));
        const stops = stopping.reduce((sum, { month }) => sum + month.min, 0);
        expect(cost.offHours!.asleep).to.be.closeTo(cost.min - stops, 1e-6);
        expect(cost.offHours!.month).to.be.closeTo(cost.min - (stops * 108) / 168, 1e-6);
        expect(cost.choices.map(({ what }) => what)).not.to.include("hours");
        const text = paragraphs(await planOf("dev", SCHEDULE));
        expect(text).to.match(
            /With its off hours \d+ USD a month: awake 60 of 168 hours a week \(07:00 to 19:00, mon, tue/,
        );
        expect(text).to.match(/Asleep all the time: \d+ USD/);
    });

    it("is a choice for dev without a schedule, and none for prod", async () => {
        const [dev, prod] = [await planOf("dev"), await planOf("prod")];
        expect(dev.cost.offHours).to.equal(undefined);
        expect(dev.cost.choices.find(({ what }) => what === "hours")!.options[0]!.change).to.be.below(-50);
        expect(prod.cost.choices.map(({ what }) => what)).not.to.include("hours");
        expect(prod.cost.extremes.cheapest.settings.join()).not.to.contain("asleep");
    });
});

describe("the cheapest and the safest for what a stack has", () => {
    const CHOICES: Choice[] = [
        {
            what: "capacity",
            now: "on demand",
            options: [{ name: "Spot", key: "*.spot: true", change: -60, stops: -60, side: "cheapest" }],
        },
        {
            what: "way out",
            now: "one",
            options: [{ name: "two", key: "network.nat: per-zone", change: 49, side: "safest" }],
        },
        { what: "class", now: "small", options: [{ name: "micro", change: -10 }] },
    ];

    it("add up, with the hours last, and name each setting", () => {
        const { cheapest, safest } = extremes({ min: 300, stops: 228 }, CHOICES, USUAL_HOURS);
        expect(cheapest.month).to.be.closeTo(72 + (168 * 60) / 168, 1e-9);
        expect(cheapest.settings.slice(0, 2)).to.deep.equal(["capacity Spot (*.spot: true)", "way out one"]);
        expect(cheapest.settings[2]).to.match(/^asleep from 19:00 to 07:00/);
        expect(safest).to.deep.equal({
            month: 349,
            settings: ["capacity on demand", "way out two (network.nat: per-zone)"],
        });
    });

    it("has no hours where the stack may not sleep", () => {
        expect(extremes({ min: 300, stops: 228 }, CHOICES, undefined).cheapest.month).to.equal(240);
    });

    it("lies around what each stack costs", async () => {
        for (const stack of ["dev", "prod"]) {
            const { cost } = await planOf(stack);
            expect(cost.extremes.cheapest.month, stack).to.be.at.most(cost.min + 1e-6);
            expect(cost.extremes.safest.month, stack).to.be.at.least(cost.min - 1e-6);
        }
    });
});
