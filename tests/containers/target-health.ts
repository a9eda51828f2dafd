import * as http from "node:http";
import * as https from "node:https";
import { HEALTH_CHECKS } from "../../components/endpoint/health-checks";

/** A target as its load balancer sees it: one that was healthy becomes unhealthy after so many wrong answers in a row. */
export class TargetHealth {
    private failures = 0;
    healthy = true;
    private stopped = false;
    private readonly asking: Promise<void>;

    constructor(private readonly url: string) {
        this.asking = this.ask();
    }

    /** Whether it was healthy all the time. */
    async stop(): Promise<boolean> {
        this.stopped = true;
        await this.asking;
        return this.healthy;
    }

    private async ask() {
        while (!this.stopped) {
            const status = await statusOf(this.url);
            this.failures = String(status) === HEALTH_CHECKS.matcher ? 0 : this.failures + 1;
            if (this.failures >= HEALTH_CHECKS.unhealthyThreshold) this.healthy = false;
            await new Promise((resolve) => setTimeout(resolve, HEALTH_CHECKS.interval * 1000));
        }
    }
}

/** 0 where there is no answer in time. As a load balancer asks: no certificate is verified. */
export const statusOf = (url: string): Promise<number> =>
    new Promise((resolve) => {
        const ask = url.startsWith("https:") ? https.get : http.get;
        const sent = ask(url, { rejectUnauthorized: false, agent: false }, (answer) => {
            answer.resume();
            resolve(answer.statusCode!);
        });
        sent.on("error", () => resolve(0));
        setTimeout(() => sent.destroy(new Error("no answer")), HEALTH_CHECKS.timeout * 1000).unref();
    });
