import { expect } from "chai";
import fc from "fast-check";
import {
    CONDITION_VALUES,
    CONDITION_WILDCARDS,
    conditions,
    literalPath,
    type Match,
    matchesOf,
    Priorities,
    wildcards,
    withTokens,
} from "../../../components/endpoint/rules";

const match = (host: string | undefined, ...paths: string[]): Match => ({ host, paths });
const priority = (...args: Parameters<typeof match>) => new Priorities().of("x", match(...args));

describe("Rules of a listener", () => {
    const segment = fc.stringMatching(/^[a-z0-9]{1,12}$/);
    const path = fc.array(segment, { minLength: 1, maxLength: 8 }).map((parts) => `/${parts.join("/")}`);

    it("ask the longer of two paths first, and a path before its whole host", () => {
        fc.assert(
            fc.property(path, segment, (shorter, more) => {
                const host = "a.example.com";
                const [deep, wide, all] = [`${shorter}/${more}/*`, `${shorter}/*`, "/*"].map((one) =>
                    priority(host, one),
                );
                expect(deep).to.be.below(wide!);
                expect(wide).to.be.below(all!);
                expect(all).to.be.below(priority(host)!);
                expect(priority(host, shorter), "an exact path").to.be.below(priority(host, `${shorter}*`));
            }),
            { examples: [["/a", "b"]] },
        );
    });

    it("ask for the WebSockets of a host before the host, and after each of its paths", () => {
        fc.assert(
            fc.property(fc.domain(), path, (host, one) => {
                const priorities = new Priorities();
                const webSockets = priorities.of("ws", { host, paths: [], webSockets: true });
                expect(webSockets).to.be.below(priorities.of("host", match(host)));
                expect(webSockets).to.be.above(priorities.of("path", match(host, `${one}/*`)));
            }),
        );
        const twice = new Priorities();
        const webSockets = { host: "a", paths: [], webSockets: true };
        twice.of("x", webSockets);
        expect(() => twice.of("y", webSockets)).to.throw("y has the same rule as x: a-websocket");
    });

    it("ask for tokens of a host before the host's own rule, and after each of its paths", () => {
        fc.assert(
            fc.property(fc.domain(), path, (host, one) => {
                const priorities = new Priorities();
                const browsers = priorities.of("host", match(host));
                const tokens = priorities.before("host", { host, paths: [], tokens: true }, browsers);
                expect(tokens).to.be.below(browsers);
                expect(tokens).to.be.above(priorities.of("path", match(host, `${one}/*`)));
            }),
        );
        const priorities = new Priorities();
        const [first, second] = ["a.example.com", "b.example.com"].map((host) => ({ host, paths: [], tokens: true }));
        expect(priorities.before("x", first!, 41_000)).to.equal(40_999);
        expect(priorities.before("y", second!, 41_000)).to.equal(40_998);
        expect(() => priorities.before("z", first!, 42_000)).to.throw("z has the same rule as x: a.example.com+tokens");
    });

    it("leave room for the condition on a token, in as many rules as that takes", () => {
        const patterns = fc.array(
            fc.stringMatching(/^\/[a-z]{1,4}[*?a-z]{0,4}$/).filter((one) => wildcards(one) < CONDITION_WILDCARDS),
            { maxLength: 12 },
        );
        fc.assert(
            fc.property(fc.option(fc.domain(), { nil: undefined }), patterns, (host, paths) => {
                for (const browsers of matchesOf([host], paths)) {
                    const rules = withTokens(browsers);
                    expect(rules.flatMap((one) => one.paths)).to.deep.equal(browsers.paths);
                    for (const one of rules) {
                        const values = conditions(host, one).flatMap((each) => Object.values(each)[0]!.values);
                        expect(values.length).to.be.at.most(CONDITION_VALUES);
                        expect(wildcards(values.join(""))).to.be.at.most(CONDITION_WILDCARDS);
                        expect(values.at(-1)).to.equal("Bearer *");
                    }
                }
            }),
        );
    });

    it("have a number that AWS takes, each its own, and the same whatever else there is", () => {
        const hosts = fc.uniqueArray(fc.domain(), { minLength: 1, maxLength: 50 });
        fc.assert(
            fc.property(hosts, (names) => {
                const priorities = new Priorities();
                const given = names.map((name) => priorities.of(name, match(name)));
                expect(new Set(given).size).to.equal(names.length);
                for (const one of given) expect(one).to.be.within(1, 50_000);
            }),
        );
        const [alone, crowded] = [new Priorities(), new Priorities()];
        crowded.of("other", match("other.example.com", "/other"));
        expect(crowded.of("x", match("a.example.com"))).to.equal(alone.of("x", match("a.example.com")));
    });

    it("have the numbers that they had: another one would change every listener that there is", () => {
        expect(priority(undefined, "/service")).to.equal(36_092);
        expect(priority("www", "/posts", "/posts/*")).to.equal(37_060);
        expect(priority("auth")).to.equal(43_405);
    });

    it("stand where the shorter of two paths does, and are exact where both are", () => {
        const band = (...paths: string[]) => Math.floor((priority("a.example.com", ...paths) - 1) / 300);
        expect(band("/long/path/*", "/a*")).to.equal(band("/a*"));
        expect(band("/long/path", "/a")).to.equal(band("/a"));
        expect(band("/a", "/b*")).to.equal(band("/b*"));
        expect(band("/a")).to.equal(band("/b*") - 1);
        const longest = `/${"a".repeat(127)}`; // what a condition takes
        expect(band(`${longest.slice(0, -1)}*`)).to.be.above(band(longest));
        expect(band(longest)).to.equal(0);
        expect(priority("a.example.com", longest)).to.be.within(1, 300);
    });

    it("take the next number where theirs is taken by another match", () => {
        const hosts = Array.from({ length: 400 }, (_, i) => `h${i}.example.com`);
        const byNumber = new Map(hosts.map((host) => [priority(host, "/a"), host]));
        const second = hosts.find((host) => byNumber.get(priority(host, "/a")) !== host)!;
        const first = byNumber.get(priority(second, "/a"))!;
        const priorities = new Priorities();
        const number = priorities.of("first", match(first, "/a"));
        expect(priorities.of("second", match(second, "/a"))).to.equal(number + 1);
    });

    it("may have a number of their own, once", () => {
        const priorities = new Priorities();
        expect(priorities.of("a", match("a.example.com", "/a"), 7)).to.equal(7);
        expect(() => priorities.of("b", match("b.example.com", "/b"), 7)).to.throw(
            "b has the priority 7, and so has a",
        );
    });

    it("are refused where two have one match", () => {
        const priorities = new Priorities();
        priorities.of("a", match("a.example.com", "/one", "/two"));
        const again = () => priorities.of("b", match("a.example.com", "/three", "/two"));
        expect(again).to.throw("b has the same rule as a: a.example.com/two");
        priorities.of("c", match(undefined));
        expect(() => priorities.of("d", match(undefined))).to.throw("d has the same rule as c: every path");
    });

    it("are one for each host, and for as many paths as one rule has room for", () => {
        const paths = (...names: string[]) => names.map((name) => `/${name}`);
        expect(matchesOf(["a"], paths("1", "2", "3", "4"))).to.deep.equal([match("a", "/1", "/2", "/3", "/4")]);
        expect(matchesOf(["a", "b"], [])).to.deep.equal([match("a"), match("b")]);
        expect(matchesOf(["a", "b"], paths("1", "2", "3", "4", "5"))).to.deep.equal([
            match("a", "/1", "/2", "/3", "/4"),
            match("a", "/5"),
            match("b", "/1", "/2", "/3", "/4"),
            match("b", "/5"),
        ]);
        expect(matchesOf([undefined], paths("1", "2", "3", "4", "5"))).to.have.length(1);
    });

    it("have no more wildcards than AWS takes in one", () => {
        const [first, second] = matchesOf(["a"], ["/*/a/*", "/*/b/?", "/*/c/*", "/*/d/*"]);
        expect(first!.paths).to.deep.equal(["/*/a/*", "/*/b/?", "/*/c/*"]);
        expect(second!.paths).to.deep.equal(["/*/d/*"]);
        expect(matchesOf(["a"], ["/*/*/*/*/*/*/*"])).to.have.length(1); // which the configuration refuses
    });

    it("take every path once, in their order, however many there are", () => {
        const patterns = fc.array(fc.stringMatching(/^\/[a-z*?]{0,6}$/), { minLength: 1, maxLength: 40 });
        fc.assert(
            fc.property(patterns, fc.constantFrom("a", undefined), (paths, host) => {
                const made = matchesOf([host], paths);
                expect(made.flatMap((one) => one.paths)).to.deep.equal(paths);
                for (const one of made) {
                    expect(one.paths.length + (host ? 1 : 0)).to.be.at.most(CONDITION_VALUES);
                    expect(wildcards(one.paths.join(""))).to.be.at.most(CONDITION_WILDCARDS);
                }
            }),
        );
    });

    it("say what AWS asks for", () => {
        expect(conditions("a.example.com", { paths: ["/a"] })).to.deep.equal([
            { hostHeader: { values: ["a.example.com"] } },
            { pathPattern: { values: ["/a"] } },
        ]);
        expect(conditions(undefined, { paths: ["/a", "/b/*"] })).to.deep.equal([
            { pathPattern: { values: ["/a", "/b/*"] } },
        ]);
        expect(conditions("a.example.com", { paths: [], webSockets: true })).to.deep.equal([
            { hostHeader: { values: ["a.example.com"] } },
            { httpHeader: { httpHeaderName: "Upgrade", values: ["websocket"] } },
        ]);
    });

    it("are told in a URL up to their first wildcard", () => {
        expect([undefined, "/*", "/posts", "/posts/*", "/a?c/d"].map((one) => literalPath(one))).to.deep.equal([
            "",
            "",
            "/posts",
            "/posts",
            "/a",
        ]);
    });
});
