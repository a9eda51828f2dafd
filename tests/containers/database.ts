import { containersOf } from "../../automation/local/docker";
import { output } from "./docker";

/** A database of a stack that runs on this machine. */
export function database(project: string, name: string) {
    const container = async () => (await containersOf(project)).get(name)!.Id;
    return {
        container,
        /** Rows of a query, columns separated by `|`; by the instance's own administrator, whom RDS gives to nobody. */
        async query(sql: string): Promise<string[]> {
            const psql = [
                "psql",
                "-h",
                "/tmp",
                "-U",
                "rdsadmin",
                "-d",
                "postgres",
                "-v",
                "ON_ERROR_STOP=1",
                "-Atc",
                sql,
            ];
            const rows = await output("docker", ["exec", await container(), ...psql]);
            return rows.split("\n").filter((row) => row !== "");
        },
    };
}
