/** What agents say of the messages that they receive. */
import net from "node:net";
import tls from "node:tls";
import WebSocket from "ws";
import type { Cluster } from "./agents";
import { type Asked, noAnswer, tlsFor } from "./http";
import { endOf } from "./target";

/**
 * No answer and no log says which task received a message (ACA-Py logs messages only at `debug`). But each task reports its messages on the
 * web sockets of its admin API. Sockets that report the same message are on the same task.
 */
const SOCKETS_PER_TASK = 8;

/** Listens on the web sockets of all tasks of a cluster. */
export class Listeners {
    private readonly by = new Map<string, Set<number>>();
    private readonly awaited = new Map<string, () => void>();

    private constructor(private readonly sockets: WebSocket[]) {
        sockets.forEach((socket, i) =>
            socket.on("message", (data) => {
                const { topic, payload } = JSON.parse(String(data));
                if (topic !== "basicmessages") return;
                this.by.set(payload.content, (this.by.get(payload.content) ?? new Set()).add(i));
                this.awaited.get(payload.content)?.();
            }),
        );
    }

    static async of(cluster: Cluster): Promise<Listeners> {
        const bases = cluster.each ?? Array.from({ length: SOCKETS_PER_TASK * cluster.tasks }, () => cluster.adminUrl);
        return new Listeners(
            await Promise.all(bases.map((base) => open(cluster.asked(base), `${base}/ws`, cluster.key))),
        );
    }

    get size() {
        return this.sockets.length;
    }

    /** Resolves when a message of this content is heard: with true; or with false after the time limit. */
    arrival(content: string, seconds: number): Promise<boolean> {
        return new Promise((resolve) => {
            const ended = (arrived: boolean) => {
                clearTimeout(timer);
                this.awaited.delete(content);
                resolve(arrived);
            };
            const timer = setTimeout(() => ended(false), seconds * 1000).unref();
            this.awaited.set(content, () => ended(true));
        });
    }

    /** The number of messages per task. */
    shares(contents: readonly string[]): number[] {
        const tasks: { sockets: Set<number>; messages: number }[] = [];
        for (const content of contents) {
            const sockets = this.by.get(content) ?? new Set();
            const sameTask = tasks.filter((task) => [...sockets].some((socket) => task.sockets.has(socket)));
            const merged = { sockets: new Set(sockets), messages: 1 };
            for (const task of sameTask) {
                task.sockets.forEach((socket) => merged.sockets.add(socket));
                merged.messages += task.messages;
                tasks.splice(tasks.indexOf(task), 1);
            }
            tasks.push(merged);
        }
        return tasks.map(({ messages }) => messages);
    }

    close() {
        for (const socket of this.sockets) socket.terminate();
    }
}

function open(target: Asked, url: string, key: string): Promise<WebSocket> {
    const { host, port } = endOf(url);
    const place = target.connectTo(host, port);
    const socket = new WebSocket(url.replace(/^http/, "ws"), {
        headers: { "X-API-Key": key },
        handshakeTimeout: 10_000,
        createConnection: () =>
            url.startsWith("https:") ? tls.connect({ ...place, ...tlsFor(target, host) }) : net.connect({ ...place }),
    });
    return new Promise((resolve, reject) => {
        socket.once("open", () => resolve(socket));
        socket.on("error", (error) => reject(noAnswer(url, error)));
    });
}
