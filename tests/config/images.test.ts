import { expect } from "chai";
import { checkImages } from "../../config/checks/images";
import { readConfig } from "../../config/load";
import { DEV, handedOver, refusals } from "./support";

const ONE = `${DEV}agents: { issuer: {} }\n`;
const gate = (...exceptions: string[]) =>
    `${ONE}images:\n    gate:\n        except:\n${exceptions.map((line) => `            - ${line}\n`).join("")}`;
const one = (until: string) => `{ cve: CVE-2026-1, reason: nobody calls it, until: ${until} }`;
const day = (fromNow: number) => new Date(Date.now() + fromNow * 86_400_000).toISOString().slice(0, 10);
const read = (yaml: string) => readConfig(handedOver(yaml), "identity", () => false).config!;

describe("what ECR's scan may find in images", () => {
    it("is anything where the file is silent, and nothing critical with a gate that says no more", () => {
        expect(read(ONE).images).to.deep.equal({ gate: undefined });
        expect(read(`${ONE}images: { gate: {} }\n`).images.gate).to.deep.equal({ severity: "critical", except: [] });
    });

    it("takes a day that Pulumi hands on as a point in time", () => {
        for (const time of ["2999-12-31T00:00:00Z", "2999-12-31 00:00:00 +0000 UTC"]) {
            const { except } = read(gate(one(`"${time}"`))).images.gate!;
            expect(except).to.deep.equal([{ cve: "CVE-2026-1", reason: "nobody calls it", until: "2999-12-31" }]);
        }
    });

    it("an exception holds on its last day, and not on the next", () => {
        const config = read(gate(one("2999-12-31")));
        expect(checkImages(config, new Date("2999-12-31T23:59:59Z"))).to.deep.equal([]);
        expect(checkImages(config, new Date("3000-01-01T00:00:00Z"))).to.have.length(1);
    });

    refusals({
        "an exception that has ended": [
            gate(one(day(-1))),
            "identity:images.gate.except[0].until",
            /the exception for CVE-2026-1 ended on /,
            /leave it out, .*; or another end/,
        ],
        "an exception without an end": [
            gate("{ cve: CVE-2026-1, reason: nobody calls it }"),
            "identity:images.gate.except[0].until",
            /is missing/,
            /The last day/,
        ],
        "an exception whose reason says nothing": [
            gate(`{ cve: CVE-2026-1, reason: " ", until: ${day(1)} }`),
            "identity:images.gate.except[0].reason",
            /" " is no reason/,
            /Why it may be in an image/,
        ],
        "a day that there is not": [
            gate(one("2027-13-40")),
            "identity:images.gate.except[0].until",
            /there is no such day/,
            /YYYY-MM-DD/,
        ],
        "an end in words": [
            gate(one("next summer")),
            "identity:images.gate.except[0].until",
            /"next summer" is no day, YYYY-MM-DD/,
            /YYYY-MM-DD/,
        ],
        "two for the same": [
            gate(one(day(1)), one(day(2))),
            "identity:images.gate.except[1]",
            /CVE-2026-1 has an exception already, \[0\]/,
            /one, with one reason and one end/,
        ],
        "a severity of ECR's that is none to stop for": [
            `${ONE}images: { gate: { severity: informational } }\n`,
            "identity:images.gate.severity",
            /"informational" is not a choice/,
            /one of critical, high, medium, low/,
        ],
    });
});
