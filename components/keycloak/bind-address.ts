import { within } from "../network/subnets";

/** What Java calls a site-local address (RFC 1918). */
const SITE_LOCAL = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/**
 * Which of a task's addresses a node gives the others, as KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS; undefined where Keycloak's
 * own choice, the site-local one, is right.
 *
 * A task has two: its own in the VPC, and a link-local one (169.254.172.2) of Fargate's. In a VPC outside RFC 1918, such as
 * 100.64.0.0/16, neither is site-local, and a node that binds to the wrong one is alone. A VPC is /16 or narrower, so its first
 * two numbers tell them apart. The value is a regular expression; a dot in it stands for any character, which is right as well,
 * and needs no backslash, which Keycloak's configuration would take for an escape.
 */
export function bindAddress(vpcCidr: string): string | undefined {
    if (SITE_LOCAL.some((range) => within(vpcCidr, range))) return undefined;
    const [first, second] = vpcCidr.split(".");
    return `match-address:${first}.${second}.*`;
}
