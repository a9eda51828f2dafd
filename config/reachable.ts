/** Services of heritages that other tasks reach by name. */
import { ENVOY_PORT } from "../components/envoy/sidecar";
import { APPLICATION_PORT } from "../components/application-port";
import { isBehindEnvoy, type PlatformConfig } from "./defaults";

export interface ReachableService {
    readonly name: string;
    readonly port: number;
    readonly tls: boolean;
}

/** `shop/api`; undefined where there is no such service. */
export function serviceNamed({ heritages }: Pick<PlatformConfig, "heritages">, text: string) {
    const [heritage = "", key = ""] = text.split("/");
    const service = Object.hasOwn(heritages, heritage) ? heritages[heritage]!.services[key] : undefined;
    if (!service) return undefined;
    const tls = isBehindEnvoy(service);
    const found: ReachableService = {
        name: `${heritage}-${key}`,
        port: tls ? ENVOY_PORT : (service.port ?? APPLICATION_PORT),
        tls,
    };
    return { ...found, reachable: service.reachable };
}
