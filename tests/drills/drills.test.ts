import path from "node:path";
import { expect } from "chai";
import { ALARM_KINDS, type AlarmKind } from "../../components/alarms/kinds";
import { expectGenerated } from "../generated-docs";
import { drillAll, pageDrill, type Seen, type Stack, stacks } from "./drills";
import { lines } from "./table";

const DOCS = path.join(__dirname, "../../docs/alarms.md");

describe("drills", () => {
    let stack: Stack;
    let seen: Seen[];

    before(async function () {
        this.timeout(60_000);
        stack = await stacks();
        seen = drillAll(stack);
    });

    it("have each kind of alarm ring, no sooner than it says, and bear what is no reason", () => {
        for (const { kind, rings, borne } of seen) {
            const { of, period, datapoints }: AlarmKind = ALARM_KINDS[kind];
            expect(rings, kind).to.not.equal(undefined);
            expect(borne, `${kind} bears it`).to.equal(true);
            // The first of its windows may begin before it happens. Windows of a promise have lengths of their own.
            if (of !== "target")
                expect(rings, kind).to.be.within((datapoints - 1) * (period / 60), datapoints * (period / 60));
        }
    });

    it("have the page of a service tell once the database's alarm had its time, and never in its place", () => {
        const { alone, withoutDatabase } = pageDrill(stack);
        const errors = seen.find(({ kind }) => kind === "errors")!.rings!;
        const down = seen.find(({ kind }) => kind === "database-down")!.rings!;
        expect(alone)
            .to.equal(errors + 4)
            .and.to.be.above(down);
        expect(withoutDatabase).to.equal(undefined);
    });

    it("stand in the docs as they were seen", () => {
        expectGenerated(DOCS, "drills", lines(seen), "tests/drills");
    });
});
