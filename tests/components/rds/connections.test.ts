import { expect } from "chai";
import fc from "fast-check";
import { INSTANCE_FAMILIES, maxConnections } from "../../../components/rds/connections";

const BURSTABLE = ["micro", "small", "medium", "large", "xlarge", "2xlarge"];
const OTHERS = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"];
const sizesOf = (family: string) => (family.startsWith("t") ? BURSTABLE : OTHERS);

describe("maxConnections", () => {
    it("is what can be counted on, below what RDS reports", () => {
        expect(maxConnections("db.t4g.micro")).to.equal(78); // RDS reports about 81
        expect(maxConnections("db.t4g.medium")).to.equal(315);
        expect(maxConnections("db.m7g.large")).to.equal(630);
        expect(maxConnections("db.r7g.large")).to.equal(1261);
    });

    it("rises with the size, within each family, to 5000", () => {
        fc.assert(
            fc.property(fc.constantFrom(...INSTANCE_FAMILIES), fc.nat(), fc.nat(), (family, a, b) => {
                const sizes = sizesOf(family);
                const [less, more] = [a % sizes.length, b % sizes.length].sort((x, y) => x - y) as [number, number];
                const of = (i: number) => maxConnections(`db.${family}.${sizes[i]}`)!;
                expect(of(less)).to.be.at.least(1).and.at.most(of(more));
                expect(of(more)).to.be.at.most(5000);
                if (less !== more && of(less) < 5000) expect(of(less)).to.be.below(of(more));
            }),
        );
        expect(maxConnections("db.r7g.24xlarge")).to.equal(5000);
    });

    it("is not known of a class called like something that every object has", () => {
        expect(maxConnections("db.t4g.constructor")).to.equal(undefined);
        expect(maxConnections("db.constructor.large")).to.equal(undefined);
    });

    for (const unknown of ["", "db", "db.t4g", "db.t4g.huge", "db.z9.large", "db.m7g.micro", "db.r7g.medium"]) {
        it(`is not known of "${unknown}"`, () => expect(maxConnections(unknown)).to.equal(undefined));
    }
});
