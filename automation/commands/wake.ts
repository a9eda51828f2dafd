import { defineCommand } from "./cli/define";
import { STACK } from "./cli/options";

export const wake = defineCommand({
    summary: "starts a stack that is asleep: databases, then tasks",
    description: `
Starts the machines, databases and tasks of a stack with a \`schedule\`, in this order, and waits until they run. It sleeps again
when its \`schedule\` says so, on days off too.`,
    options: { stack: STACK },
    notes: "Ctrl-C ends the waiting alone.",
    examples: [["npx identity wake --stack dev", "starts dev on a Saturday"]],
    exitCodes: {
        0: "it is awake",
        1: "it did not wake, or AWS refused it",
        2: "the arguments are wrong, or the stack has no schedule",
        130: "interrupted",
    },
    run: async (input, context) => (await import("./off-hours/change")).wake(input, context),
});
