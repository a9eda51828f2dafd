import { expect } from "chai";
import { ADVISORIES, knownVulnerabilities, leastSafe, advisoriesFor } from "../../../components/keycloak/advisories";
import { NEWEST, parseVersion, RELEASES, versionProblem } from "../../../components/keycloak/versions";

const ids = (version: string) => advisoriesFor(version).map(({ id }) => id);

describe("Advisories of Keycloak", () => {
    for (const version of ["26.4.0", "26.4.14", "26.5.7", "26.6.0", "26.6.4", "26.7.0", "26.7.1"]) {
        it(`name what ${version} is open to`, () => expect(ids(version)).to.deep.equal(["CVE-2026-18963"]));
    }
    for (const version of ["26.4.15", "26.6.6", "26.7.2", "26.7.3", "26.8.0", NEWEST]) {
        it(`have nothing against ${version}`, () => {
            expect(ids(version)).to.deep.equal([]);
            expect(knownVulnerabilities(version)).to.equal(undefined);
        });
    }

    it("know a least safe release for each minor version: its own, or the newest where its images have none", () => {
        const least = Object.keys(RELEASES).map((minor) => [minor, leastSafe(`26.${minor}.0`)]);
        expect(least).to.deep.equal([
            ["4", NEWEST],
            ["5", NEWEST],
            ["6", NEWEST],
            ["7", "26.7.2"],
            ["8", "26.8.0"],
        ]);
        for (const [, version] of least) expect(versionProblem(version!)).to.equal(undefined);
    });

    it("say what to do: a patch rolls, another minor version stops every node", () => {
        expect(knownVulnerabilities("26.7.1")!.fix).to.equal("26.7.2 or later, which rolls");
        expect(knownVulnerabilities("26.6.4")!.fix).to.equal(
            `${NEWEST}; 26.6 has no image without it, and another minor version stops every node: a snapshot first`,
        );
        expect(knownVulnerabilities("latest")).to.equal(undefined);
    });

    it("are written down whole: an identifier, where it was read, and patches of minor versions before the mended one", () => {
        for (const { id, source, mended, since } of ADVISORIES) {
            expect(id).to.match(/^CVE-\d{4}-\d{4,}$/);
            expect(source).to.contain(id).and.to.contain("https://");
            for (const [minor, patch] of Object.entries(mended)) {
                expect(Number(minor)).to.be.below(since);
                expect(parseVersion(`26.${minor}.${patch}`)).not.to.equal(undefined);
            }
        }
    });
});
