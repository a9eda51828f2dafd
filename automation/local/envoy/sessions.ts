/** Sessions that stay with a task: what a target group's `stickiness` says, by a cookie of the same name as on AWS. */

const NAME = "envoy.filters.http.stateful_session";
const TYPES = "type.googleapis.com/envoy.extensions";

/** Without a route that asks for sessions it does nothing. */
export const STATEFUL_SESSION = {
    name: NAME,
    typed_config: { "@type": `${TYPES}.filters.http.stateful_session.v3.StatefulSession` },
};

/** What a route adds that leads to a target group. Where the task is gone, another one takes over, as on AWS. */
export function sessions(stickiness: unknown): object {
    const { enabled, cookieDuration } = (stickiness ?? {}) as { enabled?: boolean; cookieDuration?: number };
    if (!enabled) return {};
    return {
        typed_per_filter_config: {
            [NAME]: {
                "@type": `${TYPES}.filters.http.stateful_session.v3.StatefulSessionPerRoute`,
                stateful_session: {
                    session_state: {
                        name: "envoy.http.stateful_session.cookie",
                        typed_config: {
                            "@type": `${TYPES}.http.stateful_session.cookie.v3.CookieBasedSessionState`,
                            cookie: { name: "AWSALB", path: "/", ttl: `${cookieDuration}s` },
                        },
                    },
                },
            },
        },
    };
}
