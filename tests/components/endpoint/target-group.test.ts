import { expect } from "chai";
import { targetGroupArgs, targetGroupName, type TargetGroupSettings } from "../../../components/endpoint/target-group";

const SETTINGS: TargetGroupSettings = { port: 8080, healthCheck: { path: "/up" } };
const made = (changes: Partial<TargetGroupSettings> = {}) =>
    targetGroupArgs("blog-web", "vpc-1", { ...SETTINGS, ...changes });

describe("A target group", () => {
    it("is HTTP/1.1, judged by a 200 every ten seconds, and says no more than that", () => {
        expect(made()).to.deep.equal({
            namePrefix: "blogwe",
            vpcId: "vpc-1",
            targetType: "ip",
            protocol: "HTTP",
            port: 80,
            deregistrationDelay: 30,
            healthCheck: {
                protocol: "HTTP",
                port: "8080",
                path: "/up",
                matcher: "200",
                interval: 10,
                timeout: 5,
                healthyThreshold: 2,
                unhealthyThreshold: 3,
            },
        });
    });

    it("takes codes, seconds and thresholds", () => {
        const healthCheck = { path: "/up", port: 9000, codes: "200-299", intervalSeconds: 20, timeoutSeconds: 15 };
        expect(made({ healthCheck: { ...healthCheck, healthy: 4, unhealthy: 6 } }).healthCheck).to.deep.equal({
            protocol: "HTTP",
            port: "9000",
            path: "/up",
            matcher: "200-299",
            interval: 20,
            timeout: 15,
            healthyThreshold: 4,
            unhealthyThreshold: 6,
        });
        expect(made({ deregistrationSeconds: 0 }).deregistrationDelay).to.equal(0);
    });

    it("of gRPC is well where the status is 0, unless another one is named", () => {
        const grpc = { protocolVersion: "GRPC" as const };
        expect(made(grpc)).to.deep.include({ protocolVersion: "GRPC" });
        expect(made(grpc).healthCheck).to.deep.include({ matcher: "0" });
        const unimplemented = made({ ...grpc, healthCheck: { path: "/a.B/C", codes: "12" } });
        expect(unimplemented.healthCheck).to.deep.include({ matcher: "12" });
    });

    it("of another version is another resource, since the provider does not see a version that is no longer said", () => {
        expect(targetGroupName("public-web", SETTINGS)).to.equal("public-web");
        expect(targetGroupName("public-web", { ...SETTINGS, protocolVersion: "HTTP1" })).to.equal("public-web");
        expect(targetGroupName("public-web", { ...SETTINGS, protocolVersion: "GRPC" })).to.equal("public-web-grpc");
        expect(targetGroupName("public-web", { ...SETTINGS, protocolVersion: "HTTP2" })).to.equal("public-web-http2");
        expect(made({ protocolVersion: "HTTP1" })).not.to.have.property("protocolVersion");
    });

    it("keeps a client at a target by a cookie, and is told so when it no longer does", () => {
        const cookie = { type: "lb_cookie", enabled: true, cookieDuration: 3600 };
        expect(made({ stickySeconds: 3600 }).stickiness).to.deep.equal(cookie);
        expect(made({ stickySeconds: 0 }).stickiness).to.deep.equal({ type: "lb_cookie", enabled: false });
    });
});
