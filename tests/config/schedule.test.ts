import { expect } from "chai";
import { daysOf } from "../../config/days";
import { readConfig } from "../../config/load";
import { type Broken, DEV, handedOver, PROD, refusals } from "./support";

const AGENT = `${DEV}agents: { issuer: {} }\n`;
const HOURS = 'off: "19:00", on: "07:00"';

const BROKEN: Broken = {
    "off hours in prod": [
        `${PROD}agents: { issuer: {} }\nschedule: { ${HOURS} }`,
        "identity:schedule",
        /prod is never off/,
        /environment: dev/,
    ],
    "a day that begins when it ends": [
        `${AGENT}schedule: { off: "07:00", on: "07:00" }`,
        "identity:schedule.on",
        /07:00 is the time at which it falls asleep, too/,
        /two times/,
    ],
    "a time that is a number": [
        // YAML 1.1 reads 19:00 without quotes as 1140.
        `${AGENT}schedule: { off: 1140, on: "07:00" }`,
        "identity:schedule.off",
        /is a number/,
        /in quotes/,
    ],
    "a time that there is not": [
        `${AGENT}schedule: { off: "25:00", on: "07:00" }`,
        "identity:schedule.off",
        /"25:00" is no time of day/,
        /"19:00"/,
    ],
    "a day that there is not": [
        `${AGENT}schedule: { ${HOURS}, days: mon-sunday }`,
        "identity:schedule.days",
        /"mon-sunday"/,
        /mon-fri/,
    ],
    "a zone that there is not": [
        `${AGENT}schedule: { ${HOURS}, zone: Asia/Tokio }`,
        "identity:schedule.zone",
        /Asia\/Tokio is not a time zone/,
        /Asia\/Tokyo/,
    ],
    "no time to wake": [`${AGENT}schedule: { off: "19:00" }`, "identity:schedule.on", /is missing/, /"07:00"/],
};

describe("off hours in a stack file", () => {
    refusals(BROKEN);

    it("are on weekdays and in UTC where the file does not say otherwise", () => {
        const { config, problems } = readConfig(handedOver(`${AGENT}schedule: { ${HOURS} }`), "identity", () => false);
        expect(problems).to.deep.equal([]);
        expect(config!.schedule).to.deep.equal({
            off: "19:00",
            on: "07:00",
            days: ["mon", "tue", "wed", "thu", "fri"],
            zone: "UTC",
        });
    });

    it("take days as a range, also over Sunday, and as a list, each once and in the order of the week", () => {
        expect(daysOf("mon-fri")).to.deep.equal(["mon", "tue", "wed", "thu", "fri"]);
        expect(daysOf("sat-mon")).to.deep.equal(["mon", "sat", "sun"]);
        expect(daysOf("fri,mon-tue,mon")).to.deep.equal(["mon", "tue", "fri"]);
        expect(daysOf("mon-sun")).to.have.length(7);
    });
});
