import { expect } from "chai";
import { type BrokenBlog, readBlog, refusesBlog, saidOf } from "./blog-support";
import { type Broken, DEV, refusals } from "./support";

const DOMAIN = "domain: { name: id.example.com }\ndomains: [{ name: other.example }]\n";
const NAMED = DEV.replace("publicEndpoint: { plainHttp: true }\n", "") + DOMAIN;
/** The service `web` with these listeners. */
const web = (...listeners: string[]) => `build: images/app
services:
    web:
        health_check_path: /up
        listeners:
${listeners.map((one) => `            - { ${one} }\n`).join("")}`;
const at = (key: string) => `heritages/blog.yml: services.web.${key}`;
const REDIRECT = "redirect: https://www.other.example";

const BROKEN: BrokenBlog = {
    "a host beside hosts": [
        web("host: a, hosts: [b]"),
        at("listeners[0].host"),
        /beside hosts/,
        /one of the two/,
        NAMED,
    ],
    "the same host twice": [web("hosts: [a, a]"), at("listeners[0].hosts[1]"), /a is there twice/, /once/, NAMED],
    "a host that is none": [web("hosts: [-a]"), at("listeners[0].hosts[0]"), /-a/, /label|whole name/, NAMED],
    "no host at all": [web("hosts: []"), at("listeners[0].hosts"), /empty|has 0|at least/, /names|host/, NAMED],
    "the domain itself where there is none": [
        web('hosts: ["@"], paths: [/a]'),
        at("listeners[0].hosts[0]"),
        /"@" is a name of a domain, and the stack has none/,
        /identity:domain in the stack file/,
    ],
    "a whole name where there is no domain": [
        web("hosts: [www.other.example], paths: [/a]"),
        at("listeners[0].hosts[0]"),
        /www\.other\.example is a name of a domain/,
        /leave hosts out/,
    ],
    "a name in a domain that the stack has not": [
        web("hosts: [www.elsewhere.example]"),
        at("listeners[0].hosts[0]"),
        /is in no domain of the stack/,
        /identity:domains: \[\{ name: elsewhere\.example \}\]/,
        NAMED,
    ],
    "a name two labels below a further domain": [
        web("hosts: [a.b.other.example]"),
        at("listeners[0].hosts[0]"),
        /more than one label below other\.example/,
        /name: b\.other\.example, zone: other\.example/,
        NAMED,
    ],
    "a whole name in the stack's own domain": [
        web("hosts: [shop.id.example.com]"),
        at("listeners[0].hosts[0]"),
        /a name of the stack's own domain/,
        /^shop$/,
        NAMED,
    ],
    "the domain itself, written out": [
        web("hosts: [id.example.com]"),
        at("listeners[0].hosts[0]"),
        /a name of the stack's own domain/,
        /^"@"$/,
        NAMED,
    ],
    "the domain itself on the internal endpoint": [
        web('endpoint: internal, hosts: ["@"]'),
        at("listeners[0].hosts[0]"),
        /not a name of the internal endpoint/,
        /one label/,
        NAMED,
    ],
    "a host that another listener has": [
        `${web("hosts: [shop, www.other.example]")}    more:
        health_check_path: /up
        listeners: [{ hosts: [www.other.example] }]`,
        "heritages/blog.yml: services.more.listeners[0].hosts[0]",
        /blog-web has the same rule: www\.other\.example/,
        /another host/,
        NAMED,
    ],
    "a path twice, in two rules": [
        web("host: a, paths: [/a, /b, /c, /d, /e, /a]"),
        at("listeners[0].paths[5]"),
        /\/a is there twice/,
        /once/,
        NAMED,
    ],
    "a priority that the second rule of another listener has": [
        `${web("hosts: [a, b], priority: 7")}    more:
        health_check_path: /up
        listeners: [{ host: c, priority: 8 }]`,
        "heritages/blog.yml: services.more.listeners[0].priority",
        /8 is taken by blog-web/,
        /another one/,
        NAMED,
    ],
    "a pattern with more wildcards than a rule takes": [
        web("host: a, paths: [/*/*/*/*/*/*/*]"),
        at("listeners[0].paths[0]"),
        /more wildcards than a rule takes, 6/,
        /fewer/,
        NAMED,
    ],
    "a redirect to plain HTTP": [
        web("host: a", "host: b, redirect: 'http://www.example.com'"),
        at("listeners[1].redirect"),
        /not an address that a load balancer redirects to/,
        /https:\/\//,
        NAMED,
    ],
    "a redirect that goes round in circles": [
        web("host: a", 'hosts: ["@", www.other.example], redirect: "https://www.other.example"'),
        at("listeners[1].redirect"),
        /would be a loop/,
        /another host/,
        NAMED,
    ],
    "redirects alone": [
        web(`host: a, ${REDIRECT}`),
        at("listeners"),
        /none leads to the service/,
        /without redirect/,
        NAMED,
    ],
};

const AGENTS = "agents: { issuer: {} }\n";
const DOMAINS: Broken = {
    "further domains without a first one": [
        `${DEV}${AGENTS}domains: [{ name: other.example }]`,
        "identity:domains[0]",
        /there is no first one/,
        /identity:domain: /,
    ],
    "the same further domain twice": [
        `${NAMED}${AGENTS}`.replace("[{ name: other.example }]", "[{ name: other.example }, { name: other.example }]"),
        "identity:domains[1].name",
        /is there twice/,
        /leave it out/,
    ],
    "the first domain as a further one": [
        `${NAMED}${AGENTS}`.replace("other.example", "id.example.com"),
        "identity:domains[0].name",
        /is identity:domain's already/,
        /leave it out/,
    ],
    "a name of the first domain as a further one": [
        `${NAMED}${AGENTS}`.replace("other.example", "shop.id.example.com"),
        "identity:domains[0].name",
        /a name of id\.example\.com, whose certificate is for it/,
        /leave it out/,
    ],
    "a domain that is none": [
        `${NAMED}${AGENTS}`.replace("other.example", "other"),
        "identity:domains[0].name",
        /"other" is no domain name/,
        /Needed/,
    ],
    "a further domain's certificate of another region": [
        `${NAMED}${AGENTS}`.replace(
            "name: other.example",
            'name: other.example, certificate: "arn:aws:acm:us-east-1:123456789012:certificate/1"',
        ),
        "identity:domains[0].certificate",
        /is in us-east-1/,
        /one in ap-northeast-1/,
    ],
};

describe("The names that a heritage listens on", () => {
    refusesBlog(BROKEN);

    it("are labels, the domain itself, names in further domains, and what is sent on", () => {
        const { config, problems } = readBlog(
            web(
                'hosts: [shop, "@", www.other.example], paths: [/a, /b, /c, /d, /e]',
                "hosts: [other.example], redirect: 'https://www.other.example'",
                "endpoint: internal",
            ),
            NAMED,
        );
        expect(problems).to.deep.equal([]);
        const [first, second, third] = config!.heritages.blog!.services.web!.listeners;
        expect(first!.hosts).to.deep.equal(["shop", "@", "www.other.example"]);
        expect(second).to.include({ redirect: "https://www.other.example" });
        expect(third!.hosts).to.deep.equal(["blog"]);
    });

    it("are below .localhost on a laptop, where the stack's domains are", () => {
        const local = NAMED.replaceAll(/(id\.example\.com|other\.example)/g, "$1.localhost");
        const { config, problems } = readBlog(
            web("hosts: [www.other.example]", "host: a, redirect: 'https://www.other.example/b'").replace(
                "host: a,",
                'hosts: ["@"],',
            ),
            local,
        );
        expect(problems).to.deep.equal([]);
        const [first, second] = config!.heritages.blog!.services.web!.listeners;
        expect(first!.hosts).to.deep.equal(["www.other.example.localhost"]);
        expect(second!.redirect).to.equal("https://www.other.example.localhost/b");
    });

    it("may be several of one service and clash with none of its own", () => {
        expect(saidOf(web("hosts: [a, b, c], paths: [/x/*, /x/y, /1, /2, /3, /4]"), NAMED)).to.deep.equal([]);
    });
});

describe("Further domains", () => {
    refusals(DOMAINS);
});
