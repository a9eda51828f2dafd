import { expect } from "chai";
import { redirectTarget, redirectTo } from "../../../components/endpoint/redirects";

describe("A redirect", () => {
    it("keeps path and query, or leads to the one path that it names", () => {
        const rest = { protocol: "HTTPS", port: "443", query: "#{query}", statusCode: "HTTP_301" };
        for (const url of ["https://www.example.com", "https://www.example.com/"]) {
            expect(redirectTo(url)).to.deep.equal({ ...rest, host: "www.example.com", path: "/#{path}" });
        }
        expect(redirectTo("https://a.example.com:8443/new/place")).to.deep.equal({
            ...rest,
            host: "a.example.com",
            port: "8443",
            path: "/new/place",
        });
    });

    for (const url of [
        "www.example.com",
        "http://www.example.com",
        "https://www",
        "https://www.example.com/?a=b",
        "https://www.example.com/#{path}",
        "https://www.example.com:99999",
        "https://user@www.example.com",
        "https://www.example.com/a b",
    ]) {
        it(`is refused to ${url}`, () => {
            expect(redirectTarget(url)).to.equal(undefined);
            expect(() => redirectTo(url)).to.throw("no address to redirect to");
        });
    }
});
