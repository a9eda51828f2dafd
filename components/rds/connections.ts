/** Memory in GiB of an instance of size `large`, by family; each size up doubles it. */
const LARGE_GIB: Readonly<Record<string, number>> = {
    t3: 8,
    t4g: 8,
    m5: 8,
    m6i: 8,
    m6g: 8,
    m7i: 8,
    m7g: 8,
    m8g: 8,
    r5: 16,
    r6i: 16,
    r6g: 16,
    r7i: 16,
    r7g: 16,
    r8g: 16,
};
const SIZES: Readonly<Record<string, number>> = {
    micro: 1 / 8,
    small: 1 / 4,
    medium: 1 / 2,
    large: 1,
    xlarge: 2,
    "2xlarge": 4,
    "4xlarge": 8,
    "8xlarge": 16,
    "12xlarge": 24,
    "16xlarge": 32,
    "24xlarge": 48,
};

/** The families of instance class that `maxConnections` knows, for an error to name. */
export const INSTANCE_FAMILIES = Object.keys(LARGE_GIB);

/**
 * How many connections an RDS PostgreSQL instance takes by default, or undefined where the class is not known.
 *
 * RDS sets max_connections to LEAST(DBInstanceClassMemory / 9531392, 5000). DBInstanceClassMemory is what is left of the
 * class's memory when the operating system and RDS took theirs: on a db.t4g.micro RDS reports about 81 where the whole
 * GiB would give 112, so seven tenths is what can be counted on.
 */
export function maxConnections(instanceClass: string): number | undefined {
    const [, family = "", size = ""] = instanceClass.split(".");
    const large = Object.hasOwn(LARGE_GIB, family) ? LARGE_GIB[family] : undefined;
    const factor = Object.hasOwn(SIZES, size) ? SIZES[size] : undefined;
    if (large === undefined || factor === undefined) return undefined;
    if (factor < 1 && !family.startsWith("t")) return undefined; // only the burstable families go below large
    return Math.min(Math.floor((large * factor * 0.7 * 1024 ** 3) / 9531392), 5000);
}

/** Connections that PostgreSQL and RDS keep for themselves: superuser_reserved_connections (3) and rdsadmin's. */
export const RESERVED_CONNECTIONS = 5;
