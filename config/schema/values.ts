/** Texts and numbers that keys of more than one subject take. */
import { z } from "zod";

/** A CIDR block of IPv4, as text; `checks.ts` says whether it is a usable one. */
export const cidr = (about: string) =>
    z
        .string()
        .regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, "CIDR")
        .describe(about);

export const port = (about: string) => z.int().min(1024).max(65535).describe(about);
/** Of an application: its task opens ports below 1024 to a user other than root, too (components/fargate/low-ports.ts). */
export const applicationPort = (about: string) => z.int().min(1).max(65535).describe(about);

export const hostLabel = z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "DNS label: small letters, digits and dashes");

/** A realm of Keycloak's. */
export const realmName = (about: string) =>
    z
        .string()
        .regex(/^[A-Za-z0-9._-]+$/, "realm")
        .describe(about);

/** By its IANA name; `checks/time-zone.ts` says whether there is such a one. */
export const timeZone = (about: string) =>
    z
        .string()
        .regex(/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/, "time zone")
        .describe(about);

export const LOG_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827] as const;
export const logRetentionDays = z.literal(LOG_RETENTION_DAYS);
