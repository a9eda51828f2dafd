/** What SSM holds of a stack: secrets, and where applications find their databases. */
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

    /** The database that a service is told of: in variables, or below its path in SSM. */
    async databaseOf(definition: TaskDefinition): Promise<Database | undefined> {
        const { DB_HOST } = environmentWith(definition, "DB_HOST") ?? {};
        const { KC_DB_URL_HOST } = environmentWith(definition, "KC_DB_URL_HOST") ?? {};
        const { PARAMETER_STORE_PREFIX: path } = environmentWith(definition, "PARAMETER_STORE_PREFIX") ?? {};
        const host = DB_HOST ?? KC_DB_URL_HOST ?? (path && (await this.hostBelow(path)));
        return host ? databaseAt(host) : undefined;
    }

    /** The one parameter that is a host, and no other: beside it there is a password. */
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

/** Nobody but its clients in the VPC has a way there. */
export const databaseAt = (host: string): Database => ({ name: host, host, port: POSTGRES, inReach: false });
