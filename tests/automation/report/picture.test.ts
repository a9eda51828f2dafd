import { rmSync } from "node:fs";
import { expect } from "chai";
import { Inventory } from "../../../automation/plan/inventory";
import { planStack } from "../../../automation/plan/plan-stack";
import { picture } from "../../../automation/report/picture/model";
import { svg } from "../../../automation/report/picture/svg";
import type { Picture } from "../../../automation/report/picture/types";
import { effects, zoneLossOfGateways, zoneLossOfTasks } from "../../../automation/report/picture/zones";
import { stacksFolder } from "./stacks";

describe("the picture of a platform", () => {
    const root = stacksFolder();
    after(() => rmSync(root, { recursive: true, force: true }));
    const of = async (stack: string) => {
        const { model, resources } = await planStack({ root, files: root, stack });
        return picture(model, new Inventory(resources));
    };
    const card = ({ cards }: Picture, title: string) => cards.find((one) => one.title === title)!;
    const arrows = ({ cards, links }: Picture) => {
        const title = (id: string) => cards.find((one) => one.id === id)!.title;
        return links.map(({ from, to, label, kind }) => `${title(from)} → ${title(to)} ${label} (${kind})`);
    };

    describe("of dev", () => {
        let drawn: Picture;
        before(async () => {
            drawn = await of("dev");
        });

        it("has everything that has an address, where it is", () => {
            const columns = (column: string) =>
                drawn.cards.filter((one) => one.column === column).map(({ title }) => title);
            expect(columns("outside")).to.have.members(["The internet"]);
            expect(columns("public")).to.have.members(["public endpoint", "NAT instance"]);
            expect(columns("entry")).to.have.members(["admin endpoint"]);
            expect(columns("work")).to.have.members([
                "issuer",
                "holder",
                "hello",
                "keycloak",
                "sample-api",
                "shared-db",
            ]);
            expect(columns("data")).to.eql(["shared-db"]);
            expect(drawn.cards.filter((one) => one.public).map(({ title }) => title)).to.eql(["public endpoint"]);
            expect(card(drawn, "sample-api").rows.map(({ name, amount }) => `${name} ${amount}`)).to.have.members([
                "sample-api-web 2 tasks",
                "sample-api-worker 1 task",
                "sample-api-nightly cron(0 3 * * ? *)",
                "sample-api-oneoff before deployments",
            ]);
        });

        it("draws who talks to whom, on which port", () => {
            expect(arrows(drawn)).to.have.members([
                "The internet → public endpoint 80 · 443 · 2 more (internet)",
                ...[
                    "hello 8443 TLS",
                    "sample-api 8443 TLS",
                    "keycloak 8443 TLS",
                    "issuer 8444 TLS",
                    "holder 8444 TLS",
                ].map((to) => `public endpoint → ${to} (internet)`),
                ...["keycloak 8443 TLS", "issuer 8443 TLS", "holder 8443 TLS"].map(
                    (to) => `admin endpoint → ${to} (network)`,
                ),
                ...["issuer", "holder", "keycloak", "sample-api", "shared-db"].map(
                    (each) => `${each} → shared-db 5432 (data)`,
                ),
                "NAT instance → The internet out only (out)",
            ]);
        });

        it("marks what is in one zone only", () => {
            const once = drawn.cards.flatMap(({ title, rows }) =>
                rows.filter((row) => row.once).map((row) => row.name ?? title),
            );
            expect(once).to.have.members(["NAT instance", "holder", "sample-api-worker", "shared-db"]);
        });

        it("tells what is lost with a zone, the worst first", () => {
            const said = effects(drawn, 0).map(({ state, who }) => `${state}: ${who.toSorted().join(", ")}`);
            expect(said).to.eql([
                "down: the NAT instance",
                "may be down: shared-db (and with it issuer, holder, sample-api, keycloak, shared-db)",
                "waits: holder, sample-api-worker",
                "less: admin endpoint, public endpoint",
                "less: hello, issuer, keycloak, sample-api-web",
            ]);
            expect(effects(drawn, 1).some(({ who }) => who.includes("the NAT instance"))).to.equal(false);
        });

        it("is an SVG with everything escaped", () => {
            const text = String(svg(drawn, { losses: false }));
            expect(text).to.equal(String(svg(drawn, { losses: false })));
            expect(text).not.to.match(/NaN|undefined|Infinity/);
            const odd = { ...drawn, title: `<script>"&'` };
            expect(String(svg(odd, { losses: true })))
                .to.include("&lt;script&gt;&quot;&amp;&#39;")
                .and.not.to.include("<script>");
        });
    });

    it("of prod has nothing in one zone only, and goes on without any of them", async () => {
        const drawn = await of("prod");
        expect(drawn.cards.flatMap(({ rows }) => rows.filter((row) => row.once))).to.eql([]);
        for (const zone of [0, 1, 2])
            expect(effects(drawn, zone).map(({ state }) => state)).not.to.include.members(["down"]);
        expect(card(drawn, "wallet-db").rows[0]!.anywhere).to.eql(["primary", "standby"]);
    });

    it("has no gateway and no network that reaches nothing where there is none", async () => {
        const drawn = await of("alone");
        expect(drawn.cards.map(({ title }) => title)).to.have.members([
            "The internet",
            "public endpoint",
            "admin endpoint",
            "issuer",
            "Endpoints of AWS services",
            "wallet-db",
        ]);
    });
});

describe("the loss of a zone", () => {
    const states = (losses: readonly { state: string; short: string }[]) =>
        losses.map(({ state, short }) => `${state}: ${short}`);

    it("depends for tasks on their number and zones", () => {
        expect(states(zoneLossOfTasks(["", ""], 3))).to.eql(["less: 1 of 3 go on", "less: 1 of 3 go on"]);
        expect(states(zoneLossOfTasks(["", "", undefined], 2))).to.eql([
            "less: 1 of 2 go on",
            "less: 1 of 2 go on",
            "whole: goes on",
        ]);
        expect(states(zoneLossOfTasks(["", undefined], 2))).to.eql(["down: down", "whole: goes on"]);
        expect(states(zoneLossOfTasks(["", ""], 1))).to.eql(["waits: starts anew", "waits: starts anew"]);
        expect(states(zoneLossOfTasks(["", ""], 0))).to.eql(["whole: goes on", "whole: goes on"]);
    });

    it("depends for a NAT instance on the zones that have their own", () => {
        const [lost, kept] = zoneLossOfGateways(["", undefined, undefined], ["a", "b", "c"], false);
        expect(lost).to.include({ state: "down" });
        expect(lost!.long).to.include("tasks in b, c run on").and.include("no new ones");
        expect(kept!.state).to.equal("whole");
        expect(zoneLossOfGateways(["", ""], ["a", "b"], false).map(({ state }) => state)).to.eql(["less", "less"]);
        expect(zoneLossOfGateways(["", undefined], ["a", "b"], true)[0]!.long).not.to.include("no new ones");
    });
});
