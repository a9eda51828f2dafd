/** What a listener's action hands requests to. */
export interface Forwarding {
    readonly targetGroupArn?: string;
    readonly forward?: { readonly targetGroups: readonly { readonly arn: string; readonly weight?: number }[] };
}

/** The target group that gets requests: one with the weight 0 waits for a later `up`. */
export const targetGroupOf = ({ targetGroupArn, forward }: Forwarding): string | undefined =>
    targetGroupArn ?? forward?.targetGroups.find(({ weight = 1 }) => weight > 0)?.arn;
