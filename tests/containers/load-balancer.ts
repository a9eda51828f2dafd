import * as https from "node:https";
import type { Send } from "../../automation/verify/browser";

/** The client, as the load balancer sees it. */
export const CLIENT_ADDRESS = "203.0.113.7";

/**
 * As an application load balancer sends requests for a host on to an Envoy, whose certificate it does not verify, here on a port of
 * 127.0.0.1; over plain HTTP by the `request` of node:http.
 */
export const balanced =
    (port: number, host: string, request: typeof https.request = https.request): Send =>
    (method, path, headers, body) => {
        const options = {
            host: "127.0.0.1",
            port,
            method,
            path,
            timeout: 20_000,
            rejectUnauthorized: false,
            headers: {
                ...headers,
                // What it adds.
                Host: host,
                "X-Forwarded-For": [headers["X-Forwarded-For"] ?? [], CLIENT_ADDRESS].flat().join(", "),
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Port": "443",
            },
        };
        return new Promise((resolve, reject) => {
            const sent = request(options, async (response) => {
                let text = "";
                for await (const chunk of response.setEncoding("utf8")) text += chunk;
                resolve({ status: response.statusCode!, headers: response.headers, text });
            });
            sent.on("error", reject).on("timeout", () => sent.destroy(new Error(`no answer to ${method} ${path}`)));
            sent.end(body);
        });
    };
