/** A realm by Keycloak's admin API. */
import { CommandError } from "../shared/errors";
import { administer } from "../verify/keycloak";
import { type Answer, shortened } from "../verify/http";
import type { Target } from "../verify/target";
import type { Json } from "./objects";

/** The admin API refused something. */
export class Refused extends CommandError {
    constructor(
        readonly status: number,
        what: string,
    ) {
        super(what);
    }
}

export class Server {
    constructor(
        private readonly target: Target,
        readonly realm: string,
    ) {}

    /** What the realm is now, in the form of a realm file, with stars in the place of secrets; undefined where there is none. */
    async export(): Promise<Json | undefined> {
        try {
            return (await this.send("POST", "/partial-export?exportClients=true&exportGroupsAndRoles=true")) as Json;
        } catch (error) {
            if (error instanceof Refused && error.status === 404) return undefined;
            throw error;
        }
    }

    /** A client's secret, which no export has. */
    async secretOf(clientId: string): Promise<string | undefined> {
        const { value } = (await this.send("GET", `/clients/${clientId}/client-secret`)) as { value?: string };
        return value;
    }

    async send(method: string, path: string, json?: unknown): Promise<unknown> {
        const answer = await this.ask(method, path, json);
        return answer.text === "" ? {} : answer.json();
    }

    /** Makes something, and returns the id that it has. */
    async create(path: string, json: unknown): Promise<string> {
        const { headers } = await this.ask("POST", path, json);
        return headers.location!.split("/").at(-1)!;
    }

    private async ask(method: string, path: string, json?: unknown): Promise<Answer> {
        const answer = await administer(
            this.target,
            method,
            `/admin/realms/${encodeURIComponent(this.realm)}${path}`,
            json,
        );
        if (answer.status > 299) {
            const remedy = answer.status === 403 ? `: log in as one who may manage ${this.realm} (KEYCLOAK_ADMIN)` : "";
            throw new Refused(answer.status, `${method} ${path}: ${answer.status} ${shortened(answer.text)}${remedy}`);
        }
        return answer;
    }
}
