import { defineCommand } from "./cli/define";
import { STACK } from "./cli/options";

const NO_SCHEDULE = "the arguments are wrong, or the stack has no schedule";

export const sleep = defineCommand({
    summary: "stops a stack until it is woken: tasks, then databases",
    description: `
Stops the tasks, databases and machines of a stack with a \`schedule\`, in this order, and waits until they are stopped. It wakes
when its \`schedule\` says so, or by \`npx identity wake\`. Load balancers, addresses and storage stay, and are paid for.`,
    options: { stack: STACK },
    notes: "Ctrl-C ends the waiting alone.",
    examples: [["npx identity sleep --stack dev", "stops dev for the rest of the day"]],
    exitCodes: { 0: "it is asleep", 1: "it did not fall asleep, or AWS refused it", 2: NO_SCHEDULE },
    run: async ({ stack }, context) => (await import("./off-hours/change")).change(stack, "sleep", context),
});

export const wake = defineCommand({
    summary: "starts a stack that is asleep: databases, then tasks",
    description: `
Starts the machines, databases and tasks of a stack with a \`schedule\`, in this order, and waits until they run. It sleeps again
when its \`schedule\` says so, on days off too.`,
    options: { stack: STACK },
    notes: "Ctrl-C ends the waiting alone.",
    examples: [["npx identity wake --stack dev", "starts dev on a Saturday"]],
    exitCodes: { 0: "it is awake", 1: "it did not wake, or AWS refused it", 2: NO_SCHEDULE },
    run: async ({ stack }, context) => (await import("./off-hours/change")).change(stack, "wake", context),
});
