/** All checks, in the order in which they run. Those that stop tasks come last. */
import type { Check } from "./check";
import * as agents from "./checks/agents";
import * as closed from "./checks/closed";
import * as keycloak from "./checks/keycloak";
import { logins } from "./checks/logins";
import { messages } from "./checks/messages";
import { posts } from "./checks/posts";
import { tasks } from "./checks/tasks";
import { tokens } from "./checks/tokens";
import * as tls from "./checks/tls";

export const CHECKS: readonly Check[] = [
    tasks,
    agents.did,
    agents.connection,
    messages,
    agents.key,
    agents.didcomm,
    posts,
    tls.certificate,
    tls.hello,
    tls.envoys,
    keycloak.discovery,
    keycloak.cluster,
    keycloak.logIn,
    keycloak.master,
    logins,
    tokens,
    closed.ports,
    closed.paths,
    closed.adminEndpoint,
    closed.database,
    keycloak.nodes,
];
