/** The last value that is accepted, and the first that is refused. */
import { expect } from "chai";
import { DEV, problemsOf } from "./support";

const networks = (count: number) => Array.from({ length: count }, (_, i) => `10.${i + 1}.0.0/16`).join(", ");
const AGENT = `${DEV}agents: { issuer: {} }\n`;
const DOMAIN = AGENT.replace("publicEndpoint: { plainHttp: true }", "domain: { name: id.example.com }");
const vpc = (cidr: string) => `${AGENT}network: { cidr: ${cidr} }`;

const LIMITS: Record<string, [accepted: string, refused: string, what: RegExp]> = {
    "the widest VPC": [vpc("10.0.0.0/16"), vpc("10.0.0.0/15"), /a \/15 is too large for a VPC/],
    "the narrowest VPC": [vpc("10.0.0.0/23"), vpc("10.0.0.0/24"), /a \/24 is too small/],
    "rules of a security group": [
        `${DOMAIN}adminEndpoint: { allowedCidrs: [${networks(60)}] }`,
        `${DOMAIN}adminEndpoint: { allowedCidrs: [${networks(61)}] }`,
        /61 networks and groups on 1 listeners are 61 rules, and a security group takes 60/,
    ],
};

describe("a limit", () => {
    for (const [name, [accepted, refused, what]] of Object.entries(LIMITS)) {
        it(`of ${name} holds on both sides`, () => {
            expect(problemsOf(accepted)).to.deep.equal([]);
            expect(problemsOf(refused)).to.have.length(1);
            expect(problemsOf(refused)[0]).to.match(what);
        });
    }
});
