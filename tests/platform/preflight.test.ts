import { expect } from "chai";
import { describe as described } from "../../platform/preflight";

describe("What is in the way in AWS", () => {
    it("is told all at once, each with what to do about it", () => {
        const problems = [
            { what: "account 1 has no zone", fix: "make it" },
            { what: "SSM has no parameter", fix: "set it" },
        ];
        expect(described(problems).split("\n")).to.deep.equal([
            "2 things stand in the way in AWS; nothing was made",
            "    account 1 has no zone",
            "        → make it",
            "    SSM has no parameter",
            "        → set it",
        ]);
        expect(described(problems.slice(1))).to.match(/^one thing stands in the way in AWS; nothing was made\n/);
    });
});
