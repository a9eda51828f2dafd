/** `npx identity local` on a folder of its own, and requests to what it started. */
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { identity } from "../../automation/commands";
import type { CommandContext } from "../../automation/shared/context";

export interface Said {
    readonly code: number;
    readonly out: string;
    readonly err: string;
}

/** Runs a command of `npx identity local` on one stack. `files`: the folder with images and heritages; `more`: for one that goes on. */
export const localCommand =
    (root: string, stack: string, files?: string, more: Partial<Pick<CommandContext, "err" | "signal">> = {}) =>
    async (name: string, ...words: string[]): Promise<Said> => {
        const said = { out: "", err: "" };
        const context: CommandContext = {
            root,
            files,
            input: Readable.from([]) as unknown as NodeJS.ReadStream,
            // A CI has colours.
            out: (text) => void (said.out += stripVTControlCharacters(text)),
            err: (text) => void (said.err += stripVTControlCharacters(text)),
            signal: new AbortController().signal,
            ...more,
        };
        return { code: await identity(["local", name, "--stack", stack, ...words], context), ...said };
    };

export interface Question {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly ca: string;
    /** The certificate may be for any name: a task's own. */
    readonly anyName?: boolean;
}

export interface Answer {
    readonly status: number;
    readonly text: string;
    readonly location: string | undefined;
}

/** Not every resolver knows that names below .localhost are this machine. */
const thisMachine: LookupFunction = (_, { all }, callback) =>
    all ? callback(null, [{ address: "127.0.0.1", family: 4 }]) : callback(null, "127.0.0.1", 4);

/** Asks by the names that a stack has on this machine, and trusts the given authority alone. */
export function ask(url: string, { method = "GET", headers = {}, body, ca, anyName }: Question): Promise<Answer> {
    const send = url.startsWith("https:") ? tlsRequest : plainRequest;
    return new Promise((resolve, reject) => {
        const options = { method, headers, ca, lookup: thisMachine, timeout: 20_000, agent: false as const };
        const named = anyName ? { checkServerIdentity: () => undefined } : {};
        const asked = send(url, { ...options, ...named }, (response) => {
            let text = "";
            response.setEncoding("utf8");
            response.on("data", (part: string) => (text += part));
            response.on("end", () =>
                resolve({ status: response.statusCode!, text, location: response.headers.location }),
            );
        });
        asked.on("timeout", () => asked.destroy(new Error(`${url} does not answer`)));
        asked.on("error", reject);
        asked.end(body);
    });
}
