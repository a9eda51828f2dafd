/** What IAM made a moment ago is not seen everywhere yet: ECS refuses a role for some seconds, and then takes it. */

/** Seconds that IAM may take; the AWS provider waits as long (`propagationTimeout`). */
const TIMEOUT_SECONDS = 120;
const POLL_SECONDS = 5;

/**
 * ECS's own words: of a task's roles ("ECS was unable to assume the role … that was provided for this task"), and of the role that ECS
 * makes for itself with the first cluster of an account ("Unable to assume the service linked role").
 */
const UNSEEN = /unable to assume the (role|service linked role)/i;

export const isRoleNotVisibleYet = (error: unknown) => error instanceof Error && UNSEEN.test(error.message);

/** Makes a call again while ECS does not see a role; two minutes at most. Any other error is the caller's at once. */
export async function onceRolesAreSeen<T>(
    call: () => Promise<T>,
    { waiting = () => {}, pollSeconds = POLL_SECONDS }: { waiting?: () => void; pollSeconds?: number } = {},
): Promise<T> {
    const deadline = Date.now() + TIMEOUT_SECONDS * 1000;
    for (;;) {
        try {
            return await call();
        } catch (error) {
            if (!isRoleNotVisibleYet(error) || Date.now() >= deadline) throw error;
        }
        waiting();
        await new Promise((resolve) => setTimeout(resolve, pollSeconds * 1000));
    }
}
