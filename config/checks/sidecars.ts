/** Containers beside an application. */
import { APPLICATION_PORT } from "../../components/application-port";
import { ENVOY_ADMIN_PORT, ENVOY_PORT } from "../../components/envoy/sidecar";
import { type HeritageConfig, isBehindEnvoy, type PlatformConfig } from "../defaults";
import { commandProblems } from "./commands";
import { imageProblems, type Path, type Problem } from "./common";
import { environmentProblems, injectedProblems } from "./variables";
import { applicationMountProblems, mountProblems } from "./volumes";

type Service = HeritageConfig["services"][string];
type At = (...rest: (string | number)[]) => Path;

/** Names of the task's other containers: the application, its Envoy, those of plugins. */
const TAKEN = ["app", "envoy", "datadog-agent", "newrelic-infra", "otel-collector", "log-router"];

export function sidecarProblems(at: At, service: Service, heritage: HeritageConfig, config: PlatformConfig): Problem[] {
    return [
        ...applicationMountProblems(at("mounts"), service, heritage),
        ...Object.entries(service.sidecars).flatMap(([name, sidecar]) => {
            const own: At = (...rest) => at("sidecars", name, ...rest);
            return [
                ...(TAKEN.includes(name)
                    ? [{ path: own(), what: "is the name of a container that the program adds", fix: "another name" }]
                    : []),
                ...imageProblems(own("image"), sidecar.image, config),
                ...commandProblems(own("entrypoint"), sidecar.entrypoint),
                ...commandProblems(own("command"), sidecar.command, { takesText: true }),
                ...injectedProblems(own("secrets"), sidecar, {}, "service"),
                ...environmentProblems(
                    own("environment"),
                    { ...sidecar, notSecret: heritage.notSecret },
                    {},
                    "service",
                ),
                ...mountProblems(own("mounts"), sidecar.mounts, heritage),
                ...firstProblems(own, sidecar),
            ];
        }),
        ...roomProblems(at, service),
        ...portProblems(at, service),
        ...receiverProblems(at("receives"), service),
    ];
}

/** What the application is left with: 4 MiB is the least that Docker takes (ECS API reference, ContainerDefinition). */
const LEAST = { cpu: 1, memory: 4 };

/** What sidecars ask for has to be in the task, and something has to be left. */
function roomProblems(at: At, service: Service): Problem[] {
    return (["cpu", "memory"] as const).flatMap((key): Problem[] => {
        const asking = Object.entries(service.sidecars).filter(([, sidecar]) => sidecar[key] !== undefined);
        const asked = asking.reduce((sum, [, sidecar]) => sum + sidecar[key]!, 0);
        if (asking.length === 0 || asked + LEAST[key] <= service[key]) return [];
        const names = asking.map(([name]) => name).join(", ");
        const unit = key === "cpu" ? "CPU units" : "MiB";
        return [
            {
                path: at(key),
                what: `${service[key]} ${unit} of the task are not enough: ${names} ask for ${asked}, and the application needs some`,
                fix: `more ${key} for the task, or less for its sidecars`,
                also: asking.map(([name]) => at("sidecars", name, key)),
            },
        ];
    });
}

/** A sidecar that runs to its end first cannot serve requests, and its end does not end the task. */
function firstProblems(at: At, { first, port, essential }: Service["sidecars"][string]): Problem[] {
    if (!first) return [];
    const what = "is for a container that stays, and this one ends before the application starts";
    return Object.entries({ port, essential })
        .filter(([, value]) => value !== undefined)
        .map(([key]) => ({ path: at(key), what, fix: "leave it out, or first", also: [at("first")] }));
}

/** The containers of a task share one network namespace, in which each port has one owner. */
function portProblems(at: At, { port = APPLICATION_PORT, sidecars, listeners, tls }: Service): Problem[] {
    const taken = new Map<number, string>([[port, "the application"]]);
    if (isBehindEnvoy({ listeners, tls })) {
        for (const own of [ENVOY_PORT, ENVOY_ADMIN_PORT]) taken.set(own, "Envoy");
    }
    return Object.entries(sidecars).flatMap(([name, { port: own }]): Problem[] => {
        if (own === undefined) return [];
        const owner = taken.get(own);
        if (owner === undefined) taken.set(own, name);
        if (owner === undefined) return [];
        const what = `${own} is the port of ${owner}, in the same network`;
        return [
            { path: at("sidecars", name, "port"), what, fix: "another port for one of the two", also: [at("port")] },
        ];
    });
}

function receiverProblems(path: Path, { receives, sidecars, listeners, reachable }: Service): Problem[] {
    if (receives === undefined) return [];
    const sidecar = Object.hasOwn(sidecars, receives) ? sidecars[receives] : undefined;
    const also = [[...path.slice(0, -1), "sidecars"]];
    if (!sidecar)
        return [{ path, what: `${receives} is not a sidecar of the service`, fix: "one of their names", also }];
    if (sidecar.port === undefined || sidecar.first) {
        return [{ path, what: `${receives} listens on no port`, fix: `sidecars.${receives}.port`, also }];
    }
    if (listeners.length > 0 || reachable) return [];
    const what = "is for a service with listeners, or one that is reachable: this one gets no requests";
    return [{ path, what, fix: "listeners, or leave it out", also: [[...path.slice(0, -1), "listeners"]] }];
}
