import { request } from "node:http";

export interface Tokens {
    access_token: string;
    refresh_token: string;
}

export interface Answer {
    status: number;
    /** Where a redirect leads. */
    location: string | undefined;
    text: string;
    json(): any; // eslint-disable-line @typescript-eslint/no-explicit-any -- whatever JSON is answered
    /** The path that the page's form is sent to. */
    form(): string;
}

/** A browser with its cookies, and the load balancer between it and whichever node it is sent to. */
export class Browser {
    private readonly cookies = new Map<string, string>();

    /** `origin`: what the browser takes the service for, `https://<name>`. */
    constructor(private readonly origin: string) {}

    get(port: number, path: string, headers: Record<string, string> = {}): Promise<Answer> {
        return this.send(port, "GET", path, headers);
    }

    post(port: number, path: string, fields: Record<string, string>): Promise<Answer> {
        const headers = { "Content-Type": "application/x-www-form-urlencoded" };
        return this.send(port, "POST", path, headers, new URLSearchParams(fields).toString());
    }

    private send(port: number, method: string, path: string, headers: Record<string, string>, body?: string) {
        const { host } = new URL(this.origin);
        const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
        const options = {
            ...{ host: "127.0.0.1", port, method, path, timeout: 20_000 },
            headers: {
                ...headers,
                ...(cookie && { Cookie: cookie }),
                // What an application load balancer adds.
                Host: host,
                "X-Forwarded-For": "203.0.113.7",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Port": "443",
            },
        };
        return new Promise<Answer>((resolve, reject) => {
            const sent = request(options, async (response) => {
                let text = "";
                for await (const chunk of response.setEncoding("utf8")) text += chunk;
                for (const line of response.headers["set-cookie"] ?? []) this.keep(line);
                resolve({
                    status: response.statusCode!,
                    location: response.headers.location,
                    text,
                    json: () => JSON.parse(text),
                    form: () => {
                        const action = / action="([^"]+)"/.exec(text)![1]!.replaceAll("&amp;", "&");
                        const { pathname, search } = new URL(action, this.origin);
                        return pathname + search;
                    },
                });
            });
            sent.on("error", reject).on("timeout", () => sent.destroy(new Error(`no answer to ${method} ${path}`)));
            sent.end(body);
        });
    }

    private keep(line: string) {
        const [pair = "", ...attributes] = line.split(/;\s*/);
        const [name, value] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
        if (value === "" || attributes.some((one) => /^max-age=0$/i.test(one))) this.cookies.delete(name);
        else this.cookies.set(name, value);
    }
}
