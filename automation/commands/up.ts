import { defineCommand } from "./cli/define";
import { STACK, LOCK_WAIT_SECONDS, YES } from "./cli/options";
import { EXIT_CODES, SIGNALS } from "./deploy/options";

export const up = defineCommand({
    summary: "deploys a stack",
    description: `
Checks whether anything would stop the deployment, shows what would change, asks, changes it, waits until every new version
runs, and sums up. A stack that does not exist yet is created, if it has a file.`,
    options: {
        stack: STACK,
        yes: YES,
        allowReplace: {
            value: "resource",
            repeatable: true,
            help:
                "let this database, key, wallet key, load balancer, zone or bucket of prod be replaced or deleted: its URN, or " +
                "type::name as the refusal shows it. What Pulumi or AWS protects needs identity:protect: false and an `up` of that first",
        },
        wait: LOCK_WAIT_SECONDS,
    },
    notes: `
Ctrl-C finishes what is under way and begins nothing else, and the next \`up\` goes on from there. A second Ctrl-C ends at once.
What was being created then is pending: the next \`up\` says what to do.`,
    examples: [
        ["npx identity up --stack dev", "deploys dev after a question"],
        [
            "npx identity up --stack prod --yes --wait 1800",
            "in a pipeline: nobody is asked, and another run is waited for",
        ],
    ],
    exitCodes: EXIT_CODES,
    signals: SIGNALS,
    run: async (input, context) => (await import("./deploy/up")).up(input, context),
});
