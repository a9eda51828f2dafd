import { expect } from "chai";
import { bindAddress } from "../../../components/keycloak/bind-address";

describe("The address that a Keycloak node binds to", () => {
    for (const cidr of ["10.0.0.0/16", "10.255.254.0/23", "172.16.0.0/16", "172.31.0.0/20", "192.168.0.0/16"]) {
        it(`is Keycloak's own choice in ${cidr}`, () => expect(bindAddress(cidr)).to.equal(undefined));
    }

    for (const [cidr, address] of [
        ["100.64.0.0/16", "100.64.17.3"],
        ["100.127.254.0/23", "100.127.254.9"],
        ["172.32.0.0/16", "172.32.0.4"],
    ] as const) {
        it(`is the one in ${cidr}, and not Fargate's link-local one`, () => {
            const [kind, pattern] = bindAddress(cidr)!.split(":") as [string, string];
            expect(kind).to.equal("match-address");
            const matches = (text: string) => new RegExp(`^(?:${pattern})$`).test(text); // as Java's String.matches
            expect(matches(address)).to.equal(true);
            for (const other of ["169.254.172.2", "127.0.0.1", "10.0.0.4"]) expect(matches(other)).to.equal(false);
        });
    }
});
