import { expect } from "chai";
import { readConfig } from "../../config/load";
import { lastTurn, turnOf } from "../../platform/rotation";
import { DEV, handedOver, refusals } from "../config/support";

const stackFile = (rotation: string) => `${DEV}sharedDatabase: { rotation: ${rotation} }
services: { shop: { image: "example.com/shop@sha256:${"a".repeat(64)}", healthCheckPath: /up, paths: [/up], database: { shared: true } } }
`;
const at = (day: string) => Date.parse(`${day}T12:00:00Z`);
const QUARTER = { everyDays: 90 };

describe("a rotation of the shared databases' users", () => {
    describe("by days", () => {
        const first = turnOf(QUARTER, undefined, at("2026-11-27"));

        it("begins with the first `up`, and stays for so many days", () => {
            expect(first).to.deep.equal({ count: 0, day: "2026-11-27" });
            expect(turnOf(QUARTER, first, at("2027-02-24"))).to.equal(first);
        });

        it("is due in the first `up` after them, and then not before as many again", () => {
            const second = turnOf(QUARTER, first, at("2027-02-25"));
            expect(second).to.deep.equal({ count: 1, day: "2027-02-25" });
            expect(turnOf(QUARTER, second, at("2027-02-26"))).to.equal(second);
        });

        it("is one turn however many were missed, and the same one again where an `up` failed before it was written down", () => {
            for (const day of ["2028-01-01", "2028-06-01"])
                expect(turnOf(QUARTER, first, at(day))).to.deep.equal({ count: 1, day });
        });

        it("goes on from a count", () => {
            const counted = turnOf(3, undefined, at("2026-01-01"));
            expect(turnOf(QUARTER, counted, at("2026-11-27"))).to.deep.equal({ count: 4, day: "2026-11-27" });
        });
    });

    it("by a count has the day of its turn", () => {
        const was = { count: 2, day: "2026-01-01" };
        expect(turnOf(2, was, at("2026-11-27"))).to.equal(was);
        expect(turnOf(3, was, at("2026-11-27"))).to.deep.equal({ count: 3, day: "2026-11-27" });
    });

    describe("is looked up before anything is made", () => {
        const TURN = "/identity/dev/versions/shared-db/turn";
        const SECOND = "/identity/dev/shared-db/shop/PASSWORD_B";

        async function found(rotation: string, parameters: Record<string, string>) {
            const { config, problems } = readConfig(handedOver(stackFile(rotation)), "identity", () => false);
            expect(problems).to.deep.equal([]);
            const send = ({ input }: { input: { Names: string[]; WithDecryption: boolean } }) => {
                expect(input.WithDecryption).to.equal(false);
                const there = input.Names.filter((Name) => Name in parameters);
                return Promise.resolve({ Parameters: there.map((Name) => ({ Name, Value: parameters[Name] })) });
            };
            const { last, problems: told } = await lastTurn({ project: "identity", stack: "dev", config: config! }, {
                send,
            } as never);
            return [last, ...told.map(({ what, fix }) => `${what} → ${fix}`)];
        }

        it("and may be the same or one more", async () => {
            const last = { count: 2, day: "2026-11-27" };
            for (const rotation of ["2", "3", "{ everyDays: 90 }"])
                expect(await found(rotation, { [TURN]: "2 2026-11-27", [SECOND]: "x" }), rotation).to.deep.equal([
                    last,
                ]);
            expect(await found("{ everyDays: 90 }", {})).to.deep.equal([undefined]);
            expect(await found("4", { [SECOND]: "x" })).to.deep.equal([undefined]); // not written down yet
        });

        it("and no other: two turns at once, or one back, lock out what runs", async () => {
            for (const rotation of ["0", "1", "4"]) {
                const [, said] = await found(rotation, { [TURN]: "2 2026-11-27" });
                expect(said).to.equal(
                    `identity:sharedDatabase.rotation: after turn 2 comes 3, and not ${rotation}: it would change the password that tasks ` +
                        "have → 2 for none, 3 for the next one",
                );
            }
        });

        it("and days do not follow a count that nothing knows", async () => {
            const [, said] = await found("{ everyDays: 90 }", { [SECOND]: "x" });
            expect(said).to.match(/users took turns by a count, and nothing says how often → the count that it had/);
        });

        it("and a parameter that somebody changed is told", async () => {
            for (const text of ["soon", "2", "2 2026-13-45"]) {
                const [, said] = await found("2", { [TURN]: text });
                expect(said)
                    .to.contain(`${TURN} is ${text}, and no count with a day`)
                    .and.to.contain("get-parameter-history");
            }
        });
    });

    refusals({
        "no days at all": [
            stackFile("{ everyDays: 0 }"),
            "identity:sharedDatabase.rotation.everyDays",
            /0 is too small: 1 is the least/,
            /everyDays/,
        ],
    });
});
