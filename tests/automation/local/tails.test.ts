import { expect } from "chai";
import { prepared, service, stackFile } from "./support";

describe("a server of tails files on a laptop", () => {
    it("has its files in one volume for all tasks, and an address at which containers find it", async () => {
        const agents = "identity:agents: { issuer: { tails: {}, count: 2 } }";
        const made = await prepared(stackFile("identity:publicEndpoint: { plainHttp: true }", agents));
        for (const task of ["issuer-1", "issuer-2"]) {
            expect(service(made, `${task}-tails`).volumes).to.deep.include.members([
                {
                    type: "volume",
                    source: "issuer-tails",
                    target: "/tails",
                    read_only: false,
                    volume: { nocopy: true },
                },
            ]);
            expect(service(made, `${task}-agent`).environment).to.include({
                ACAPY_TAILS_SERVER_BASE_URL: "http://public.localhost:8023/tails",
                ACAPY_TAILS_SERVER_UPLOAD_URL: "http://127.0.0.1:8023/tails",
            });
        }
        expect(made.images.map(({ context }) => context)).to.include("images/tails-server");
    });
});
