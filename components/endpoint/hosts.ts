/** The names that an endpoint is reached by: whose certificate is for them, and which zone has them. */
import type * as pulumi from "@pulumi/pulumi";
import { UserError } from "../user-error";

/** How a route names the domain itself. */
export const APEX = "@";

/** A further domain of an endpoint, with a certificate for `name` and `*.name` that the listener chooses by SNI. */
export interface FurtherDomain {
    name: string;
    /** The public hosted zone that gets the records. */
    zoneId: pulumi.Input<string>;
    certificateArn: pulumi.Input<string>;
}

export interface NamedEndpoint {
    /** The certificate for `*.domain`. */
    certificateArn: pulumi.Input<string>;
    domain: string;
    /** The hosted zone that gets a record for each host: a public one, or the VPC's own for an internal endpoint. */
    zoneId: pulumi.Input<string>;
    /** For the domain itself (`@`), where `certificateArn` is for names below it alone. @default `certificateArn` is for both */
    apexCertificateArn?: pulumi.Input<string>;
    /** Whole names of routes are in one of these. @default none */
    domains?: readonly FurtherDomain[];
}

export interface Host {
    /** What rules and records are called after: the label, or the whole name. */
    readonly key: string;
    /** The whole name. */
    readonly name: string;
    readonly zoneId: pulumi.Input<string>;
}

/** Whether a name is a domain or one label below it: what its wildcard certificate is for. */
export const isOf = (name: string, domain: string) => name === domain || name.slice(name.indexOf(".") + 1) === domain;

/** The zone of the internal endpoint's names. */
export const internalZone = (domain: string) => `internal.${domain}`;

/** The whole name of a host: one label under the domain, `@` for the domain itself, or whole already. */
export const wholeName = (host: string, domain: string) =>
    host === APEX ? domain : host.includes(".") ? host : `${host}.${domain}`;

/** One label under the domain, `@` for the domain itself, or the whole name in a further domain. */
export function hostOf(host: string, endpoint: NamedEndpoint): Host {
    const { domain, zoneId, domains = [] } = endpoint;
    const name = wholeName(host, domain);
    if (host === APEX) return { key: domain, name, zoneId };
    if (!host.includes(".")) return { key: host, name, zoneId };
    const found = domains.find((further) => isOf(host, further.name));
    if (found) return { key: host, name, zoneId: found.zoneId };
    const known = domains.map((further) => further.name).join(", ") || "none";
    throw new UserError(`${host} is in none of the endpoint's further domains (${known}): it or one label below it`);
}

/** The certificates beside the first one, by the domain that each is for. */
export const furtherCertificates = ({
    domain,
    apexCertificateArn,
    domains = [],
}: NamedEndpoint): FurtherCertificate[] => [
    ...(apexCertificateArn === undefined ? [] : [{ name: domain, certificateArn: apexCertificateArn }]),
    ...domains,
];

type FurtherCertificate = Pick<FurtherDomain, "name" | "certificateArn">;
