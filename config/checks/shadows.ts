/** Rules of a load balancer that no request reaches, since a rule before them matches all of their requests. */
import { priorityOf } from "../../components/endpoint/rules";
import type { PlatformConfig } from "../defaults";
import type { Problem } from "./common";
import { type EndpointRoute, endpointRoutes } from "./endpoint-routes";
import { covers } from "./patterns";

export function checkShadows(config: PlatformConfig): Problem[] {
    const ways = endpointRoutes(config).filter(({ ownPort }) => config.domain !== undefined || !ownPort);
    const hostOf = ({ key }: EndpointRoute) => (config.domain ? key : undefined);
    const order = (match: EndpointRoute) => match.priority ?? priorityOf({ host: hostOf(match), paths: match.paths });
    return ways.flatMap((way) => {
        const before = ways.filter(
            (other) =>
                other.path !== way.path &&
                other.endpoint === way.endpoint &&
                hostOf(other) === hostOf(way) &&
                order(other) < order(way),
        );
        return patternsOf(way).flatMap((pattern, i): Problem[] => {
            const above = before.find((other) =>
                // The same pattern twice has an error of its own (names.ts).
                patternsOf(other).some((wide) => wide !== pattern && covers(wide, pattern)),
            );
            // A rule for a whole host clashes with one for the path /*, too.
            // Without a domain names.ts reports this as the same rule.
            const whole =
                config.domain && way.paths.length === 0
                    ? before.find(({ paths }) => paths.includes("/*") || paths.includes("*"))
                    : undefined;
            const taker = above ?? whole;
            if (taker === undefined) return [];
            const takes = patternsOf(taker).find((wide) => covers(wide, pattern))!;
            return [
                {
                    // Keycloak's paths are in no file.
                    path:
                        way.paths.length > 0 && way.name !== "keycloak"
                            ? [...way.path, "paths", way.first + i]
                            : way.path,
                    what: `no request reaches it: ${taker.name} is asked first, and takes ${takes}`,
                    fix:
                        (way.priority ?? taker.priority)
                            ? "another priority, or other paths"
                            : "another host, or other paths, for one of the two",
                },
            ];
        });
    });
}

const patternsOf = ({ paths }: EndpointRoute) => (paths.length > 0 ? paths : ["/*"]);
