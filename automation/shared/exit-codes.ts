/** The exit codes of the commands. A pipeline can act on each of them (docs/deploying.md). */

export const DONE = 0;
export const FAILED = 1;
/** The arguments or the configuration are wrong. */
export const USAGE = 2;
/** A check stopped the command before anything was changed. */
export const STOPPED = 3;
/** `convert` wrote a file in which something is left to do. */
export const LEFT_TO_DO = 3;
/** Nobody confirmed. */
export const DECLINED = 4;
/** Another run held the stack's lock. */
export const LOCKED = 5;
/** A comparison found what differs: AWS, realms, the age of a secret. */
export const DRIFTED = 6;
export const INTERRUPTED = 130;
