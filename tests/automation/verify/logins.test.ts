import { expect } from "chai";
import { logins } from "../../../automation/verify/checks/logins";
import { absent, answer, failed, passed, Servers, target } from "./support";

describe("verify: log-ins in front of applications", () => {
    let servers: Servers;
    beforeEach(() => void (servers = new Servers()));
    afterEach(() => servers.close());

    /** A service that answers so, and a realm whose page has this status. */
    async function at(client: string, status: number, to: (realm: string) => string, page = 200) {
        const realm = `http://127.0.0.1:${await servers.http((_, response) => answer(response, page, "a form"))}`;
        const headers = { Location: to(`${realm}/realms/shop/protocol/openid-connect/auth`) };
        const port = await servers.http((_, response) => answer(response, status, "", status === 302 ? headers : {}));
        return target({
            keycloak: { url: realm, adminUrl: realm },
            services: { "blog-web": `http://127.0.0.1:${port}` },
            logins: { "blog-web": { realm: "shop", client } },
        });
    }

    it("passes where strangers are sent to the realm's page for the client, and get it", async () => {
        expect(await passed(logins, await at("blog", 302, (page) => `${page}?client_id=blog`))).to.contain(
            "sends to the realm shop, whose page takes it",
        );
    });

    it("fails where the application answers, where it is another page or client, and where the realm refuses it", async () => {
        expect(await failed(logins, await at("blog", 200, String))).to.match(/to send to .*\/realms\/shop\//);
        const elsewhere = await at("blog", 302, (page) => `${page.replace("shop", "other")}?client_id=blog`);
        expect(await failed(logins, elsewhere)).to.match(/realms\/other/);
        expect(await failed(logins, await at("blog", 302, (page) => `${page}?client_id=shop`))).to.match(
            /a log-in for the client blog; seen: for shop/,
        );
        expect(await failed(logins, await at("blog", 302, (page) => `${page}?client_id=blog`, 400))).to.match(
            /the realm does not know the client, or does not send its users back here/,
        );
    });

    it("is about nothing where no load balancer asks", async () => {
        expect(await absent(logins, target())).to.equal("no load balancer asks for a log-in");
    });
});
