/** Rules that lead elsewhere. */
import { UserError } from "../user-error";

/**
 * What a load balancer does for `https://www.example.com`: the path and the query stay. With a path behind the host
 * (`https://www.example.com/new`) every request goes to that one path, and the query stays.
 */
export function redirectTo(url: string) {
    const { host, port, path } = redirectTarget(url) ?? refuse(url);
    return {
        protocol: "HTTPS",
        host,
        port: String(port),
        path: path ?? "/#{path}",
        query: "#{query}",
        statusCode: "HTTP_301",
    };
}

/** The parts of a URL that requests may be sent on to; undefined of any other. */
export function redirectTarget(url: string): { host: string; port: number; path: string | undefined } | undefined {
    const found = /^https:\/\/((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})(?::(\d{1,5}))?(\/[^\s?#*{}]*)?$/.exec(
        url,
    );
    if (!found) return undefined;
    const [, host, port = "443", path] = found;
    return Number(port) > 65535
        ? undefined
        : { host: host!, port: Number(port), path: path === "/" ? undefined : path };
}

const refuse = (url: string): never => {
    throw new UserError(`${url} is no address to redirect to: https://, a host, and a path if need be`);
};
