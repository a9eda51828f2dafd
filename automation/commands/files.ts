import { defineCommand, defineGroup, type InputOf } from "./cli/define";
import { JSON_ALONE, STACK, YES } from "./cli/options";

export type DrillInput = InputOf<typeof drill>;
const drill = defineCommand({
    summary: "tries whether the newest backup can be brought back, and says how long it takes",
    description: `
Has AWS Backup restore the newest backup of a file system into a new one, says how much came back, and deletes the new one: also
where something fails or it is interrupted. The stack's own file system and its tasks go on.

The new file system has no mount target, so nobody can reach it: that each file is in it, and readable, is not looked at.`,
    options: {
        stack: STACK,
        role: {
            value: "arn",
            help: "the role that AWS Backup restores with (default: the account's AWSBackupDefaultServiceRole)",
        },
        json: JSON_ALONE,
        yes: YES,
    },
    arguments: { name: { required: true, help: "the file system, by its name in the plan" } },
    notes: `
The new file system is paid for while it is there. AWS Backup cannot be told to stop: where it has made no file system yet, an
interrupted drill waits until there is one to delete.`,
    examples: [["npx identity files drill blog-uploads --stack prod", "a drill"]],
    exitCodes: {
        0: "the backup was brought back, and the new file system deleted",
        1: "it cannot be brought back, has no bytes, or AWS refused something",
        3: "a check stopped it before anything was made",
        4: "nobody confirmed",
        130: "interrupted; what it made is being deleted",
    },
    signals: ["SIGINT", "SIGTERM"],
    run: async (input, context): Promise<number> => (await import("./files/drill")).drill(input, context),
});

export const files = defineGroup({ summary: "tries the backups of file systems", commands: { drill } });
