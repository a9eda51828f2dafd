import * as pulumi from "@pulumi/pulumi";
import { explainAwsError, type Question, withinSeconds } from "./aws-error";
import { UserError } from "./user-error";

/**
 * Seconds that the provider has to answer. It tries 25 times by itself, which are many minutes. The first question waits for the provider's
 * start as well: seconds by itself, and more than a minute on a machine with ten times the work that it has cores for.
 */
const LIMIT_SECONDS = 180;

/**
 * What the provider answers to a question of a component (`aws.getRegion` and the like). All of them go through here: one that fails
 * ends in a sentence with a remedy. The platform asks AWS before its first resource (`platform/lookups.ts`), so that it hardly ever
 * fails here.
 */
export function lookUp<T>(question: Question, ask: () => Promise<T>): pulumi.Output<pulumi.Unwrap<T>> {
    return pulumi.output(answer(question, ask));
}

async function answer<T>(question: Question, ask: () => Promise<T>): Promise<T> {
    try {
        return await withinSeconds(LIMIT_SECONDS, ask());
    } catch (error) {
        const { what, fix } = explainAwsError(error, question);
        throw new UserError(`${what}\n    → ${fix}`);
    }
}
