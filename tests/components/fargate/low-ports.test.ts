import { expect } from "chai";
import { lowPortControls } from "../../../components/fargate/low-ports";

const parameter = (value: string) => [{ namespace: "net.ipv4.ip_unprivileged_port_start", value }];

describe("ports below 1024", () => {
    it("are opened to every user from the lowest one on", () => {
        const app = { ports: [443, 80, 8080] };
        expect(lowPortControls(app, { app })).to.deep.equal(parameter("80"));
    });

    it("are opened for what only other containers reach, too", () => {
        const app = { innerPorts: [81] };
        expect(lowPortControls(app, { app, envoy: { ports: [8443] } })).to.deep.equal(parameter("81"));
    });

    it("need nothing of a container that has none", () => {
        const app = { ports: [1024] };
        expect(lowPortControls(app, { app, nginx: { ports: [80] } })).to.deep.equal([]);
        expect(lowPortControls({}, { app: {} })).to.deep.equal([]);
    });

    it("have one value in a task, since the container that starts last decides", () => {
        const [app, nginx] = [{ ports: [443] }, { ports: [80] }];
        expect(lowPortControls(app, { app, nginx })).to.deep.equal(parameter("80"));
        expect(lowPortControls(nginx, { app, nginx })).to.deep.equal(parameter("80"));
    });
});
