/** Names that the stack is reached by: further domains, the hosts of listeners, and where requests are sent on to. */
import { APEX, isOf } from "../../components/endpoint/hosts";
import { redirectTarget } from "../../components/endpoint/redirects";
import { CONDITION_WILDCARDS, wildcards } from "../../components/endpoint/rules";
import { isFor } from "../../components/key-pair";
import type { HeritageConfig, PlatformConfig } from "../defaults";
import { asksBoth } from "../logins";
import { homeOf, type Path, type Problem } from "./common";
import { covers } from "./patterns";

type Listener = HeritageConfig["services"][string]["listeners"][number];
type At = (...rest: (string | number)[]) => Path;

export function checkDomains({ domain, domains, region }: PlatformConfig): Problem[] {
    return domains.flatMap(({ name, certificate }, i): Problem[] => {
        const path = ["domains", i];
        if (!domain) {
            const what =
                "is a further domain, and there is no first one: without identity:domain the endpoint has no certificate for names";
            return [
                {
                    path,
                    what,
                    fix: "identity:domain: { name: … }; this one, if it is the only one",
                    also: [["domain"]],
                },
            ];
        }
        const problems: Problem[] = [];
        if (isOf(name, domain.name) || domains.findIndex((other) => other.name === name) < i) {
            const what =
                name === domain.name
                    ? "is identity:domain's already"
                    : isOf(name, domain.name)
                      ? `is a name of ${domain.name}, whose certificate is for it`
                      : "is there twice";
            problems.push({ path: [...path, "name"], what: `${name} ${what}`, fix: "leave it out" });
        }
        const own = certificate === undefined ? region : homeOf(certificate);
        if (own !== region) {
            const what = `is in ${own}, and a load balancer takes certificates of its own region alone`;
            problems.push({ path: [...path, "certificate"], what, fix: `one in ${region}` });
        }
        return problems;
    });
}

export function hostProblems(at: At, listeners: readonly Listener[], config: PlatformConfig): Problem[] {
    const problems = listeners.flatMap((listener, i) => {
        const here: At = (...rest) => at("listeners", i, ...rest);
        return [
            ...listener.hosts.flatMap((host, j) => hostProblem(here("hosts", j), host, listener, config)),
            ...duplicates(here, listener),
            ...wildcardProblems(here("paths"), listener),
            ...redirectProblems(here("redirect"), listener, config),
        ];
    });
    if (listeners.length > 0 && listeners.every(({ redirect }) => redirect !== undefined)) {
        problems.push({
            path: at("listeners"),
            what: "all send their requests on to another address: none leads to the service",
            fix: "one without redirect, or the redirects beside the listener of another service",
        });
    }
    return problems;
}

function duplicates(at: At, { host, hosts }: Listener): Problem[] {
    if (host !== undefined && !(hosts.length === 1 && hosts[0] === host)) {
        return [{ path: at("host"), what: "is there beside hosts", fix: "one of the two: hosts, with this one in it" }];
    }
    return hosts.flatMap((name, i) =>
        hosts.indexOf(name) === i ? [] : [{ path: at("hosts", i), what: `${name} is there twice`, fix: "once" }],
    );
}

function hostProblem(path: Path, host: string, { endpoint }: Listener, { domain, domains }: PlatformConfig): Problem[] {
    const whole = host.includes(".");
    if (host !== APEX && !whole) return [];
    const also = [["domain"], ["domains"]];
    if (endpoint === "internal") {
        const what = `${host === APEX ? "the domain itself" : host} is not a name of the internal endpoint, whose names are below internal.<domain>`;
        return [{ path, what, fix: "one label, e.g. admin" }];
    }
    if (!domain) {
        const what = `${host === APEX ? '"@"' : host} is a name of a domain, and the stack has none`;
        return [{ path, what, fix: "identity:domain in the stack file; or leave hosts out", also }];
    }
    if (host === APEX) {
        const pem = domain.certificate?.pem;
        if (pem === undefined || isFor(pem, domain.name)) return [];
        const what = `is ${domain.name} itself, and identity:domain.certificate is not for it`;
        return [
            {
                path,
                what,
                fix: `a certificate with ${domain.name} among its names, beside *.${domain.name}`,
                also: [["domain"]],
            },
        ];
    }
    if (isOf(host, domain.name)) {
        const label = host === domain.name ? '"@"' : host.slice(0, -domain.name.length - 1);
        return [{ path, what: `${host} is a name of the stack's own domain`, fix: label, also }];
    }
    if (domains.some(({ name }) => isOf(host, name))) return [];
    const parent = domains.find(({ name }) => host.endsWith(`.${name}`))?.name;
    if (parent) {
        const what = `${host} is more than one label below ${parent}, and its certificate is for *.${parent}`;
        return [
            {
                path,
                what,
                fix: `{ name: ${host.slice(host.indexOf(".") + 1)}, zone: ${parent} } in identity:domains`,
                also,
            },
        ];
    }
    const [first, ...rest] = host.split(".");
    const name = rest.length > 1 ? rest.join(".") : `${first}.${rest.join(".")}`;
    return [
        {
            path,
            what: `${host} is in no domain of the stack`,
            fix: `identity:domains: [{ name: ${name} }] in the stack file`,
            also,
        },
    ];
}

/** One is the token's, where such requests are told apart by it. */
function wildcardProblems(path: Path, { paths = [], login }: Listener): Problem[] {
    const most = CONDITION_WILDCARDS - (asksBoth(login) ? 1 : 0);
    return paths.flatMap((pattern, i) =>
        wildcards(pattern) <= most
            ? []
            : [
                  {
                      path: [...path, i],
                      what: `${pattern} has more wildcards than a rule takes, ${most} by AWS's quota`,
                      fix: "fewer: a * is any number of characters",
                  },
              ],
    );
}

function redirectProblems(path: Path, { redirect, hosts, paths }: Listener, { domain }: PlatformConfig): Problem[] {
    if (redirect === undefined) return [];
    const target = redirectTarget(redirect);
    if (!target) {
        return [
            {
                path,
                what: `${redirect} is not an address that a load balancer redirects to`,
                fix: "https://, a host, and a path if need be, e.g. https://www.example.com; the query stays by itself",
            },
        ];
    }
    const names = domain
        ? hosts.map((host) => (host === APEX ? domain.name : host.includes(".") ? host : `${host}.${domain.name}`))
        : [];
    const again =
        names.includes(target.host) &&
        target.port === 443 &&
        (target.path === undefined || (paths ?? ["/*"]).some((pattern) => covers(pattern, target.path!)));
    if (!again) return [];
    return [
        {
            path,
            what: `${redirect} is an address of this listener: the redirect would be a loop`,
            fix: "another host, or a path that the listener does not take",
        },
    ];
}
