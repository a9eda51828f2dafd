/** Whether the target of a binding exists: another service, a cluster of agents, Keycloak, a queue or a bucket. */
import type { HeritageConfig, PlatformConfig } from "../defaults";
import { kindsOf } from "../heritage/uses";
import { nearest } from "../nearest";
import { serviceNamed } from "../reachable";
import { homeOf, type Path, type Problem, wayOutKey } from "./common";

type At = (...rest: (string | number)[]) => Path;
type Binding = HeritageConfig["uses"][string];

export function bindingTargetProblems(at: At, { uses }: HeritageConfig, config: PlatformConfig): Problem[] {
    return Object.entries(uses).flatMap(([name, binding]): Problem[] => {
        if (kindsOf(binding).length !== 1) return []; // reported by `bindings.ts`
        const path = at("uses", name);
        return [
            ...serviceProblems([...path, "service"], binding, config),
            ...platformProblems(path, binding, config),
            ...queueProblems([...path, "queue"], binding, config),
            ...authorityProblems([...path, "variables"], binding, config),
        ];
    });
}

function serviceProblems(path: Path, { service }: Binding, config: PlatformConfig): Problem[] {
    if (service === undefined) return [];
    const found = serviceNamed(config, service);
    if (found?.reachable) return [];
    const [heritage, key] = service.split("/");
    if (found) {
        const what = `${service} is not reachable by name`;
        return [{ path, what, fix: `reachable: true, under services.${key} of heritages/${heritage}.yml` }];
    }
    const all = Object.entries(config.heritages).flatMap(([name, { services }]) =>
        Object.keys(services).map((part) => `${name}/${part}`),
    );
    return [{ path, what: `this stack has no service ${service}`, fix: nearest(service, all) }];
}

function platformProblems(path: Path, { agents, keycloak }: Binding, config: PlatformConfig): Problem[] {
    if (agents !== undefined && !Object.hasOwn(config.agents, agents)) {
        const known = Object.keys(config.agents);
        const fix = known.length > 0 ? nearest(agents, known) : `identity:agents.${agents} in the stack file`;
        return [{ path: [...path, "agents"], what: `this stack has no agents ${agents}`, fix }];
    }
    if (keycloak === undefined || config.keycloak) return [];
    return [
        {
            path: [...path, "keycloak"],
            what: "this stack has no Keycloak",
            fix: "identity:keycloak in the stack file; or the issuer of another one, under environment",
        },
    ];
}

function queueProblems(path: Path, { queue }: Binding, { region, network }: PlatformConfig): Problem[] {
    if (!queue) return [];
    if (network.nat === "none") {
        return [
            {
                path,
                what: "cannot be reached without a NAT gateway: the VPC has no endpoint of SQS",
                fix: wayOutKey(network, path),
            },
        ];
    }
    const { existing } = queue;
    if (!existing?.startsWith("arn:")) return [];
    const other = homeOf(existing);
    if (other === region) return [];
    return [
        {
            path: [...path, "existing"],
            what: `is a queue in ${other}, and the stack is in ${region}`,
            fix: `a queue in ${region}`,
        },
    ];
}

/** A binding has an `authority` only where the stack's own authority signed the target's certificate. */
function authorityProblems(path: Path, binding: Binding, config: PlatformConfig): Problem[] {
    const wanted = Object.entries(binding.variables ?? {}).filter(([, attribute]) => attribute === "ca");
    const plain = binding.service !== undefined && serviceNamed(config, binding.service)?.tls === false;
    const known = binding.service === undefined && config.domain !== undefined;
    if (!plain && !known) return [];
    return wanted.map(([variable]) => ({
        path: [...path, variable],
        what: plain
            ? "has no value: the service speaks plain HTTP"
            : "has no value: with a domain a public authority signs the certificate",
        fix: "leave it out",
    }));
}
