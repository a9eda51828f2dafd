/** A small stack with one of each that matters here: fast and slow, found by name and by tags, and a database. */
import { readFileSync } from "node:fs";
import path from "node:path";
import * as aws from "@pulumi/aws";
import { runProcess } from "../../../automation/commands/cli/process";
import type { Project } from "../../../automation/runner/stack";
import { identityOf } from "./commands";

/** What the test wants of the program, in `program.json` beside the stack file. */
export interface Wanted {
    parameter: string;
    /** Each takes half a minute to be made, and is there from the first second on. */
    queues: string[];
    /** Made in a minute or more, and there from the first second on, too. */
    database?: { username: string; password?: string };
}

export const ROLE = "identity-runner-tasks";
export const TRUST = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

export const project = (root: string): Project => ({
    program: () => {
        const wanted = JSON.parse(readFileSync(path.join(root, "program.json"), "utf8")) as Wanted;
        const provider = new aws.Provider("aws", {
            region: "ap-northeast-1",
            defaultTags: { tags: { Project: "identity", Stack: "runner" } },
        });
        const opts = { provider };
        const value = wanted.parameter;
        new aws.ssm.Parameter("greeting", { name: "/identity/runner/greeting", type: "String", value }, opts);
        new aws.iam.Role("tasks", { name: ROLE, assumeRolePolicy: TRUST }, opts);
        new aws.cloudwatch.LogGroup("log", { name: "/identity/runner" }, opts);
        for (const name of wanted.queues) {
            new aws.sqs.Queue(name, { tags: { Name: name } }, opts);
        }
        if (wanted.database) {
            const size = {
                instanceClass: "db.t4g.micro",
                allocatedStorage: 20,
                engine: "postgres",
                engineVersion: "17",
            };
            new aws.rds.Instance("wallet", { ...size, ...wanted.database, skipFinalSnapshot: true }, opts);
        }
        return Promise.resolve({ url: "https://id.example.com", note: value });
    },
});

// As a process of its own, for what a signal does to it: program.ts ROOT COMMAND ARGUMENTS…
if (require.main === module) {
    const [, , root = "", ...words] = process.argv;
    process.chdir(root);
    void runProcess(words, identityOf(project(root)));
}
