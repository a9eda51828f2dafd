import { expect } from "chai";
import {
    updateStrategy,
    isDowngrade,
    NEWEST,
    parseVersion,
    versionProblem,
} from "../../../components/keycloak/versions";

describe("Versions of Keycloak", () => {
    it("are read where all three numbers are written out, and nowhere else", () => {
        expect(parseVersion("26.7.3")).to.deep.equal({ major: 26, minor: 7, patch: 3 });
        for (const text of ["latest", "26", "26.7", "v26.7.3", "26.7.3-0", "26.07.3", "26.7.3 ", "nightly", ""]) {
            expect(parseVersion(text), text).to.equal(undefined);
        }
    });

    for (const version of ["26.4.0", "26.5.7", "26.6.4", "26.7.3", NEWEST, "26.8.9"]) {
        it(`are right, such as ${version}`, () => expect(versionProblem(version)).to.equal(undefined));
    }

    const WRONG: Record<string, [what: RegExp, fix: string]> = {
        latest: [/"latest" is no release of Keycloak: a tag that moves/, `one release written out, e.g. "${NEWEST}"`],
        "26": [/"26" is no release/, `one release written out, e.g. "${NEWEST}"`],
        "26.7": [/"26.7" is no release/, `one release written out, e.g. "${NEWEST}"`],
        "25.0.6": [
            /25\.0\.6 is not what this cluster was built for: .* those of 26/,
            `one release written out, e.g. "${NEWEST}"`,
        ],
        "27.0.0": [/27\.0\.0 is not what this cluster was built for/, `one release written out, e.g. "${NEWEST}"`],
        "26.3.5": [
            /lacks defaults .* the database \(26\.1\), TLS .* \(26\.2\), an address to bind to \(26\.4\)/,
            `26.4.0 or later, e.g. "${NEWEST}"`,
        ],
        "26.4.3": [/there is no Keycloak 26\.4\.3 among the releases up to/, "26.4.2"],
        "26.6.99": [/there is no Keycloak 26\.6\.99/, "26.6.4"],
        "26.12.0": [
            /26\.12\.0 is of a minor version that is not known here/,
            `${NEWEST}; or, once its upgrading guide is read and it was tried, a line in components/keycloak/versions.ts`,
        ],
    };
    for (const [version, [what, fix]] of Object.entries(WRONG)) {
        it(`are refused with the reason, such as ${version}`, () => {
            expect(versionProblem(version)?.what).to.match(what);
            expect(versionProblem(version)?.fix).to.equal(fix);
        });
    }

    const UPDATES: [from: string | undefined, to: string, how: string, why: string][] = [
        [undefined, "26.7.3", "rolling", "nothing runs"],
        ["26.7.3", "26.7.3", "rolling", "the same"],
        ["26.7.3", "26.7.4", "rolling", "a newer patch"],
        ["26.6.0", "26.6.4", "rolling", "a newer patch"],
        ["26.7.4", "26.7.3", "replace", "an older patch, which Keycloak's own check does not allow"],
        ["26.5.0", "26.5.1", "replace", "a newer patch of a version that may not roll yet"],
        ["26.5.1", "26.5.1", "rolling", "the same"],
        ["26.6.4", "26.7.0", "replace", "a newer minor version"],
        ["26.7.0", "26.6.4", "replace", "an older minor version"],
        ["26.7.0", "27.0.0", "replace", "a newer major version"],
        ["27.0.0", "26.7.0", "replace", "an older major version"],
        ["27.0.0", "27.0.1", "rolling", "a newer patch"],
        ["what somebody wrote there", "26.7.0", "replace", "who knows what runs"],
    ];
    for (const [from, to, how, why] of UPDATES) {
        it(`${how === "rolling" ? "roll" : "replace"} from ${from} to ${to}: ${why}`, () => {
            expect(updateStrategy(from, to)).to.equal(how);
        });
    }

    it("go back within a minor version alone", () => {
        expect(isDowngrade("26.7.0", "26.6.4")).to.equal(true);
        expect(isDowngrade("27.0.0", "26.7.3")).to.equal(true);
        expect(isDowngrade("26.7.3", "26.7.1")).to.equal(false);
        expect(isDowngrade("26.7.3", "27.0.0")).to.equal(false);
        expect(isDowngrade("what somebody wrote there", "26.7.3")).to.equal(false);
    });
});
