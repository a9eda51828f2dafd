/** Options that several commands have. */
import { UsageError } from "../../shared/errors";
import type { OptionSpec } from "./define";

export const STACK = {
    value: "name",
    default: "dev",
    help: "the stack, by its file Pulumi.<name>.yaml",
} as const satisfies OptionSpec;

export const YES = {
    help: "do not ask; without a terminal nothing is changed otherwise",
} as const satisfies OptionSpec;

export const JSON_ALONE = { help: "print it as JSON, and nothing else on stdout" } as const satisfies OptionSpec;

export const CONNECT_TO = {
    value: "host:port=host:port",
    repeatable: true,
    parse: connection,
    help: "where to connect instead, e.g. to a tunnel to the admin endpoint",
} as const satisfies OptionSpec;

/** Reads a whole number; `what` is its unit, where it has one. */
export const wholeNumber =
    (least: number, most: number, what = "a whole number") =>
    (text: string, flag: string): number => {
        const value = Number(text);
        if (/^\d+$/.test(text) && value >= least && value <= most) return value;
        throw new UsageError(`${flag} ${text}: ${what} from ${least} to ${most}`);
    };

export const LOCK_WAIT_SECONDS = {
    value: "seconds",
    default: "900",
    parse: wholeNumber(0, 86_400, "whole seconds"),
    help: "how long to wait while another run holds the stack's lock",
} as const satisfies OptionSpec;

/** `internal-admin.elb.amazonaws.com:8021=127.0.0.1:9021` */
export function connection(text: string): [string, { host: string; port: number }] {
    const [from, to, ...more] = text.split("=");
    const at = /^([^:]+|\[[^\]]+\]):(\d+)$/;
    const [, host, port] = at.exec(to ?? "") ?? [];
    if (!at.test(from!) || host === undefined || more.length > 0) {
        throw new UsageError(
            `--connect-to ${text}: HOST:PORT=HOST:PORT, e.g. internal-admin.elb.amazonaws.com:8021=127.0.0.1:8021`,
        );
    }
    return [from!, { host: host.replace(/^\[|\]$/g, ""), port: Number(port) }];
}
