import { expect } from "chai";
import type { Prepared } from "../../../automation/local/prepare";
import { network, service, shopOnLaptop } from "./support";

const IMAGE = `example.com/app@sha256:${"a".repeat(64)}`;
const STACK = `config:
  aws:region: ap-northeast-1
  identity:environment: dev
  identity:publicEndpoint: { plainHttp: true }
  identity:heritages: [shop]
`;
const HERITAGE = `image: "${IMAGE}"
volumes: { pages: {}, uploads: { efs: {} } }
services:
    web:
        reachable: true
        port: 80
        mounts: { pages: /pages, uploads: /uploads }
        sidecars:
            warm: { image: "${IMAGE}", first: true, mounts: { pages: /srv } }
            nginx: { image: "${IMAGE}", port: 8081 }
    beat: { singleton: true, command: run $THIS, mounts: { uploads: /files } }
    paused: { count: 0 }
scheduled_tasks:
    tidy: { schedule: rate(1 day), command: tidy, mounts: { uploads: /uploads } }
`;

describe("a heritage with sidecars on this machine", () => {
    let shop: Prepared;
    before(async () => {
        ({ shop } = await shopOnLaptop(STACK, HERITAGE));
    });

    it("has what runs first run to its end, and is not asked how that is", () => {
        expect(service(shop, "shop-web-1-warm").restart).to.equal("no");
        for (const name of ["shop-web-1-app", "shop-web-1-nginx"]) {
            expect(service(shop, name)).to.deep.include({ restart: "unless-stopped" });
            expect(service(shop, name).depends_on).to.deep.include({
                "shop-web-1-warm": { condition: "service_completed_successfully" },
            });
        }
        expect(Object.keys(shop.state.services["shop-web"]!.tasks[0]!.containers)).to.have.members(["app", "nginx"]);
    });

    it("shares a volume within a task, and with no other task", () => {
        const shared = (name: string) =>
            (service(shop, name).volumes as { source?: string }[]).flatMap(({ source }) => source ?? []);
        expect(shared("shop-web-1-app")).to.deep.equal(["shop-web-1.volume-pages", "shop-uploads"]);
        expect(shared("shop-web-1-warm")).to.deep.equal(["shop-web-1.volume-pages"]);
        expect(shared("shop-web-2-app")).to.deep.equal(["shop-web-2.volume-pages", "shop-uploads"]);
    });

    it("has one volume for a file system, which is the user's before any task starts", () => {
        const owner = service(shop, "shop-uploads-owner");
        expect(owner).to.deep.include({ user: "0", restart: "no", network_mode: "none" });
        expect(owner.command).to.deep.equal(["chmod 0777 /files && chown 1000:1000 /files"]);
        expect(shop.file.volumes).to.include.keys("shop-uploads");
        for (const name of ["shop-web-1-app", "shop-web-2-app", "shop-beat-1", "shop-tidy"]) {
            const { volumes, depends_on: waits } = service(shop, name);
            const mounted = (volumes as { source?: string; volume?: object }[]).find(
                (one) => one.source === "shop-uploads",
            );
            expect(mounted?.volume, name).to.deep.equal({ nocopy: true });
            expect(waits, name).to.deep.include({
                "shop-uploads-owner": { condition: "service_completed_successfully" },
            });
        }
        expect(service(shop, "shop-web-1-nginx").depends_on).to.include.keys("shop-uploads-owner");
    });

    it("opens a port below 1024 in the task's network alone, as on Fargate", () => {
        const opened = (port: string) => ({ "net.ipv4.ip_unprivileged_port_start": port });
        expect(network(shop, "shop-web-1").sysctls).to.deep.include(opened("80"));
        expect(service(shop, "shop-web-1-app")).not.to.have.property("sysctls");
        expect(network(shop, "shop-beat-1").sysctls).to.deep.include(opened("1024"));
    });

    it("has one task of a singleton, and none of what is stopped", () => {
        expect(shop.state.services["shop-beat"]!.tasks).to.have.length(1);
        expect(shop.state.services["shop-paused"]!.tasks).to.deep.equal([]);
    });
});
