/** Names of databases and buckets that are too long for AWS, with the names of project and stack in front. */
import type { PlatformConfig } from "../defaults";
import { instancesOf } from "../instances";
import type { Problem } from "./common";

/** Characters of a database's identifier (RDS API reference, CreateDBInstance), and those of the suffix that the program gives it. */
const IDENTIFIER = { most: 63, suffix: "-db-01234567".length };

/** Characters of a bucket's name (S3 guide, "Bucket naming rules"), and those that the program adds to the names of heritage and bucket. */
const BUCKET = { most: 63, around: "--".length + "-".length + "-123456789012".length };

/** Names of buckets that S3 would refuse. `prefix`: `<project>-<stack>`. */
export function checkBucketNames({ heritages }: PlatformConfig, prefix: string): Problem[] {
    return Object.entries(heritages).flatMap(([heritage, { uses }]) =>
        Object.entries(uses).flatMap(([name, { bucket }]): Problem[] => {
            const length = prefix.length + heritage.length + name.length + BUCKET.around;
            if (!bucket || bucket.existing !== undefined || length <= BUCKET.most) return [];
            const what = `the bucket ${prefix}--${heritage}-${name}-<account> would have a name of ${length} characters: S3 takes ${BUCKET.most}`;
            return [{ path: ["heritages", heritage, "uses", name], what, fix: "a shorter name" }];
        }),
    );
}

/** What RDS adds to the identifier of a blue/green deployment's copy (RDS user guide, "Creating a blue/green deployment"). */
const COPY = "-green-abc123".length;

/** Databases whose copy would have an identifier that is too long. `prefix`: `<project>-<stack>`. */
export function checkCopies(config: PlatformConfig, prefix: string): Problem[] {
    return instancesOf(config).flatMap(({ path, name, settings }): Problem[] => {
        const length = `${prefix}-${name}-01234567`.length + COPY;
        if (!settings.blueGreen || length <= IDENTIFIER.most) return [];
        const what = `makes a copy, whose identifier ${prefix}-${name}-…-green-… would have ${length} characters: RDS takes ${IDENTIFIER.most}`;
        return [{ path: [...path, "blueGreen"], what, fix: "leave it out, or a stack with a shorter name" }];
    });
}

/** Identifiers of databases that RDS would refuse. They contain the names of the stack and the workload. `prefix`: `<project>-<stack>`. */
export function checkIdentifiers({ services, heritages }: PlatformConfig, prefix: string): Problem[] {
    const owners = { services, heritages };
    return Object.entries(owners).flatMap(([kind, named]) =>
        Object.entries(named).flatMap(([name, { database }]): Problem[] => {
            if (!database || database.shared) return [];
            const path = [kind, name];
            if (name.includes("--")) {
                const what = "has a database, whose identifier may not have two dashes in a row";
                return [{ path, what, fix: `another name, such as ${name.replaceAll(/-+/g, "-")}` }];
            }
            const length = prefix.length + 1 + name.length + IDENTIFIER.suffix;
            if (length <= IDENTIFIER.most) return [];
            const what = `has a database, whose identifier ${prefix}-${name}-db-… would have ${length} characters: RDS takes ${IDENTIFIER.most}`;
            return [
                {
                    path,
                    what,
                    fix: `a name of ${Math.max(IDENTIFIER.most - length + name.length, 0)} characters, or a shorter stack's name`,
                },
            ];
        }),
    );
}
