import { expect } from "chai";
import { describe as described } from "../../platform/preflight";
import { make } from "../components/support";

describe("Parameters that are missing", () => {
    it("are told all at once, each with whose it is and how it comes to be", async () => {
        let said = "";
        await make(() => {
            said = described(
                [
                    { parameter: "/acme/test/blog/TOKEN", owner: "blog", variable: "TOKEN", set: true },
                    { parameter: "/team/mail", owner: "issuer", variable: "MAIL", set: false },
                ],
                "eu-west-1",
            );
        });
        expect(said.split("\n")).to.deep.equal([
            "2 parameters are missing in SSM (eu-west-1); nothing was changed",
            "    /acme/test/blog/TOKEN",
            "        for blog: TOKEN",
            "        → npm run secrets -- set blog TOKEN --stack test",
            "    /team/mail",
            "        for issuer: MAIL",
            "        → whoever keeps it has to make it, a SecureString; or is it in another region?",
        ]);
    });
});
