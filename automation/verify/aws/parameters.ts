/** A stack's parameters in SSM: secrets, and the hosts of databases. */
import type { SSMClient } from "@aws-sdk/client-ssm";
import { type Database, environmentWith, type TaskDefinition } from "../target";

const POSTGRES = 5432;

export class Parameters {
    private readonly values = new Map<string, Promise<string>>();

    constructor(private readonly ssm: Pick<SSMClient, "send">) {}

    value(name: string): Promise<string> {
        const value = this.values.get(name) ?? this.read(name);
        this.values.set(name, value);
        return value;
    }

    /** The database of a service: from its environment variables, or from the parameters below its path. */
    async databaseOf(definition: TaskDefinition): Promise<Database | undefined> {
        const { DB_HOST } = environmentWith(definition, "DB_HOST") ?? {};
        const { KC_DB_URL_HOST } = environmentWith(definition, "KC_DB_URL_HOST") ?? {};
        const { PARAMETER_STORE_PREFIX: path } = environmentWith(definition, "PARAMETER_STORE_PREFIX") ?? {};
        const host = DB_HOST ?? KC_DB_URL_HOST ?? (path && (await this.hostBelow(path)));
        return host ? databaseAt(host) : undefined;
    }

    /** Reads the value of the parameter `…/host` only: a password is beside it. */
    private async hostBelow(path: string): Promise<string | undefined> {
        const { GetParametersByPathCommand } = await import("@aws-sdk/client-ssm");
        const input = { Path: `${path}/database/`, Recursive: true, WithDecryption: false };
        let NextToken: string | undefined;
        do {
            const page = await this.ssm.send(new GetParametersByPathCommand({ ...input, NextToken }));
            const host = page.Parameters?.find(({ Name }) => Name?.endsWith("/host"))?.Name;
            if (host) return this.value(host);
            NextToken = page.NextToken;
        } while (NextToken);
        return undefined;
    }

    private async read(Name: string): Promise<string> {
        const { GetParameterCommand } = await import("@aws-sdk/client-ssm");
        const { Parameter } = await this.ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
        if (!Parameter?.Value) throw new Error(`the parameter ${Name} has no value`);
        return Parameter.Value;
    }
}

/** A database on AWS, which only its clients in the VPC reach. */
export const databaseAt = (host: string): Database => ({ name: host, host, port: POSTGRES, inReach: false });
