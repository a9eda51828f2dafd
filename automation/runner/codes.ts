/** How the commands that run Pulumi end. Each way has a number of its own, for a pipeline to act on. */

export const DONE = 0;
export const FAILED = 1;
export const USAGE = 2;
/** A guard said no before anything was changed. */
export const STOPPED = 3;
export const DECLINED = 4;
export const LOCKED = 5;
export const DRIFTED = 6;
export const INTERRUPTED = 130;

/** The end of each `--help`. */
export const EXIT_CODES = `Exit codes:
  0    done
  1    Pulumi or AWS failed
  2    the arguments or the configuration are wrong
  3    stopped before anything was changed: by the preflight, a policy, or what is protected
  4    declined, or there was nobody to ask
  5    another run held the stack's lock for too long
  6    drift was found (npm run drift)
  130  interrupted
`;
