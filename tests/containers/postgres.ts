import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output, run, type Sandbox, until } from "./docker";

export const POSTGRES_IMAGE = "postgres:17";

export interface Postgres {
    container: string;
    /** The rows of a query of the superuser, columns separated by `|`. */
    query(sql: string, database?: string): Promise<string[]>;
}

/**
 * PostgreSQL as RDS has it: nobody without TLS, and a master role that may make databases and is no superuser. `names`
 * are the host names that it answers to.
 */
export async function startPostgres(
    sandbox: Sandbox,
    options: {
        network: string;
        names: string[];
        directory: string;
        server: { certificate: string; key: string };
        role: { account: string; password: string };
        superuserPassword: string;
    },
): Promise<Postgres> {
    const { role, server } = options;
    const directory = join(options.directory, "postgres");
    mkdirSync(directory);
    // Sourced or run by the image's entry point once, before the server listens to the network.
    writeFileSync(
        join(directory, "10-as-rds.sh"),
        `set -e
cp /docker-entrypoint-initdb.d/server.crt /docker-entrypoint-initdb.d/server.key "$PGDATA"
chmod 600 "$PGDATA/server.key"
printf 'local all all trust\\nhostssl all all all scram-sha-256\\n' > "$PGDATA/pg_hba.conf"
psql -v ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
ALTER SYSTEM SET ssl = on;
CREATE ROLE "${role.account}" LOGIN CREATEDB NOSUPERUSER PASSWORD '${role.password}';
SQL
`,
    );
    writeFileSync(join(directory, "server.crt"), server.certificate);
    writeFileSync(join(directory, "server.key"), server.key);
    // The copy keeps the modes, and the user of the server in the container has to read all of it.
    chmodSync(directory, 0o755);
    for (const file of ["10-as-rds.sh", "server.crt", "server.key"]) {
        chmodSync(join(directory, file), 0o644);
    }

    const container = await sandbox.create(
        [
            "--network",
            options.network,
            ...options.names.flatMap((name) => ["--network-alias", name]),
            "--env",
            "POSTGRES_PASSWORD",
            POSTGRES_IMAGE,
        ],
        { POSTGRES_PASSWORD: options.superuserPassword },
    );
    await output("docker", ["cp", `${directory}/.`, `${container}:/docker-entrypoint-initdb.d`]);
    await output("docker", ["start", container]);

    const psql = (sql: string, database = "postgres") => {
        const connection = `host=127.0.0.1 user=postgres dbname=${database} sslmode=require`;
        const args = [
            "exec",
            "--env",
            "PGPASSWORD",
            container,
            "psql",
            connection,
            "-v",
            "ON_ERROR_STOP=1",
            "-Atc",
            sql,
        ];
        return run("docker", args, { env: { PGPASSWORD: options.superuserPassword } });
    };
    await until("PostgreSQL answers", 60, async () => ((await psql("SELECT 1")).code === 0 ? true : undefined));
    return {
        container,
        async query(sql, database) {
            const result = await psql(sql, database);
            if (result.code !== 0) {
                throw new Error(`${sql}: ${result.stderr.trim()}`);
            }
            return result.stdout.split("\n").filter((row) => row !== "");
        },
    };
}
