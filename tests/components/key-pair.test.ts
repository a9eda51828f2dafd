import { expect } from "chai";
import { certificateProblem, certificatesOf, isFor, keyProblem, UNREAD } from "../../components/key-pair";
import { type Pair, TestAuthority } from "../certificates";

describe("A key pair from elsewhere", () => {
    let ours: TestAuthority;
    let server: Pair;
    let other: Pair;

    before(() => {
        ours = new TestAuthority();
        server = ours.server(["*.id.example.com", "api.example.com"]);
        other = ours.server(["other.example.com"]);
    });

    it("is right with its authorities behind it, all of them or none", () => {
        for (const chain of ["", ours.intermediatePem, ours.intermediatePem + ours.rootPem]) {
            expect(certificateProblem(server.certificate + chain)).to.equal(undefined);
        }
        expect(keyProblem(server)).to.equal(undefined);
    });

    it("may have other text around its blocks, and line ends of Windows", () => {
        const text = `subject=Test\n${server.certificate}\nissuer=Test\n${ours.intermediatePem}`.replaceAll(
            "\n",
            "\r\n",
        );
        expect(certificatesOf(text)).to.have.length(2);
        expect(certificateProblem(text)).to.equal(undefined);
    });

    const what = (pem: string) => certificateProblem(pem)?.what;

    it("is refused where it is no certificate", () => {
        expect(what("certificate")).to.equal("holds no certificate");
        const broken = server.certificate.replace(/\n[^\n]{10}/, "\nAAAAAAAAAA");
        expect(what(broken)).to.equal("holds a block that is no certificate");
    });

    it("is refused where the order is another", () => {
        expect(what(ours.rootPem)).to.match(/CN=Test Root is an authority's own certificate/);
        expect(what(server.certificate + ours.rootPem)).to.match(/CN=Test Root did not issue CN=\*\.id\.example\.com/);
        expect(what(server.certificate + ours.rootPem + ours.intermediatePem)).to.match(/did not issue/);
    });

    it("is refused where it has ended", () => {
        const ended = ours.server(["*.id.example.com"], { ends: -1 });
        expect(what(ended.certificate)).to.match(/^ended on /);
        const later = new Date(Date.now() + 2 * 365 * 24 * 3600 * 1000);
        expect(certificateProblem(server.certificate, later)?.what).to.match(/^ended on /);
    });

    it("is refused where the key is another's, or none", () => {
        const { certificate } = server;
        expect(keyProblem({ certificate, privateKey: other.privateKey })?.what).to.equal(
            "does not belong to the certificate",
        );
        expect(keyProblem({ certificate, privateKey: "key" })?.what).to.equal("is no private key that can be read");
    });

    it("is taken on trust where the plan cannot read the key", () => {
        expect(keyProblem({ certificate: server.certificate, privateKey: UNREAD })).to.equal(undefined);
    });

    it("is for its names, and for a wildcard where it has that very one", () => {
        for (const name of ["*.id.example.com", "auth.id.example.com", "api.example.com"]) {
            expect(isFor(server.certificate, name), name).to.equal(true);
        }
        for (const name of ["*.example.com", "example.com", "a.b.id.example.com", "id.example.com"]) {
            expect(isFor(server.certificate, name), name).to.equal(false);
        }
    });
});
