/** What to try once everything is up. */
import { lookup } from "node:dns/promises";
import { table } from "../plan/text";
import { MAIL } from "./stand-ins/mail";
import { FILES, localFolder, ofStack, type State } from "./state";

interface Outputs {
    adminUrls?: Record<string, string>;
    serviceUrls?: Record<string, string>;
    keycloakAdminUrl?: string | null;
}

export async function summary(state: State, seconds: number): Promise<string> {
    const { project, stack } = state;
    const files = localFolder(stack);
    const urls = Object.entries(state.services).flatMap(([name, { urls: own }]) => [
        ...own.public.map((url) => [name, url, "as the world reaches it"]),
        ...own.internal.map((url) => [name, url, "as the inside does"]),
    ]);
    const scheduled = Object.entries(state.tasks).filter(([, task]) => !task.beforeDeploy);
    return [
        `${project}, stack ${stack}: everything is up, after ${seconds} s`,
        "",
        ...table(urls, 2),
        "",
        ...debugLines(state).map((line) => `  ${line}`),
        ...mailLines(state).map((line) => `  ${line}`),
        `  trust    ${files}/${FILES.ca}`,
        `  secrets  ${files}/${FILES.secrets}; one of them: npx identity local secret NAME${ofStack(stack)}`,
        ...scheduled.map(
            ([name, { schedule, command }]) =>
                `  task     ${name}: ${schedule ? `not run by the clock here (${schedule}); ` : ""}npx identity local task ${name}${ofStack(stack)}` +
                (command.length > 0 ? "" : " -- COMMAND"),
        ),
        "",
        "Try",
        ...tries(state).map((line) => `  ${line}`),
        ...(await names(state)),
        "",
    ].join("\n");
}

/** Where debuggers attach; none where none was asked for. */
const debugLines = ({ services }: State): string[] =>
    Object.entries(services).flatMap(([name, { debug }]) =>
        debug === undefined ? [] : [`debug    ${name}: 127.0.0.1:${debug}`],
    );

/** Where what tasks send is shown; none where none sends mail. */
export function mailLines({ standIns }: State): string[] {
    const port = standIns[MAIL]?.published;
    return port === undefined ? [] : [`mail     http://127.0.0.1:${port} shows what tasks send`];
}

function tries({ stack, outputs, services }: State): string[] {
    const { adminUrls = {}, serviceUrls = {}, keycloakAdminUrl } = outputs as Outputs;
    const secret = (name: string) => `npx identity local secret ${name}${ofStack(stack)}`;
    const [agent] = Object.entries(adminUrls).sort(([a], [b]) => (a === "issuer" ? -1 : b === "issuer" ? 1 : 0));
    const ca = `--cacert ${localFolder(stack)}/${FILES.ca}`;
    return [
        ...(agent
            ? [`curl ${ca} -H "X-API-Key: $(${secret(`${agent[0]}/ACAPY_ADMIN_API_KEY`)})" ${agent[1]}/wallet/did`]
            : []),
        ...Object.values(serviceUrls).map((url) => `curl ${ca} ${url}`),
        ...(keycloakAdminUrl
            ? [
                  `${keycloakAdminUrl}  as temp-admin, with the password of`,
                  `  ${secret("keycloak/KC_BOOTSTRAP_ADMIN_PASSWORD")}`,
              ]
            : []),
        ...["status", `logs ${Object.keys(services)[0] ?? ""}`, "down"].map(
            (command) => `npx identity local ${command.trim()}${ofStack(stack)}`,
        ),
    ];
}

/** Browsers and curl resolve names below .localhost themselves; not every resolver does. */
async function names(state: State): Promise<string[]> {
    const hosts = Object.values(state.loadBalancers).map(({ host }) => host);
    const known = await Promise.all(
        hosts.map((host) =>
            lookup(host).then(
                () => true,
                () => false,
            ),
        ),
    );
    if (known.every(Boolean)) return [];
    return [
        "",
        "This machine's resolver does not know names below .localhost, as browsers and curl do. For other",
        `programs, a line in the hosts file: 127.0.0.1 ${hosts.join(" ")}`,
    ];
}
