/** What takes the mails that tasks send, and shows them: it has the names of the hosts that they send by. */
import path from "node:path";
import { jsonFiles, readRealm } from "../../../components/keycloak/realm-files";
import { realmFolders } from "../../../config/keycloak/realm-folders";
import type { PlannedStack } from "../../plan/plan-stack";
import type { KeyPair } from "../local-aws";
import {
    CONFINED,
    healthcheckAt,
    publishing,
    reachedAs,
    type StandIn,
    type StandInContext,
    standInImage,
} from "./stand-in";

export const MAIL = "mail";
/** The ports of SMTP: Amazon SES takes all of them but 2525, which others add. */
const MAIL_PORTS = [25, 465, 587, 2525];
/** Of the page, before the port offset. */
const PAGE_PORT = 8025;

export interface LocalMail {
    readonly hosts: readonly string[];
    readonly certificate: KeyPair;
}

type Named = Readonly<Record<string, string>>;

/**
 * The hosts that tasks send mail by: beside a port of SMTP in a variable of the same beginning (MAIL_HOST and MAIL_PORT), in a URL, and in the
 * realm files below `files`. An address is no name that anything here could have.
 */
export function mailHosts(planned: PlannedStack, value: (parameter: string) => string, files: string): string[] {
    const { stack } = planned.model;
    const containers = [...planned.taskDefinitions.values()].flatMap(({ containerDefinitions }) =>
        containerDefinitions.map(({ environment = [], secrets = [] }): Named => ({
            ...Object.fromEntries(environment.map((variable) => [variable.name, variable.value])),
            ...Object.fromEntries(secrets.map(({ name, valueFrom }) => [name, value(valueFrom)])),
        })),
    );
    const named = [
        ...containers.flatMap((variables) => [...besidePorts(variables), ...inUrls(variables)]),
        ...ofRealms(realmFolders(stack), files, containers),
    ];
    const isElsewhere = (host: string) => NAME.test(host) && !host.endsWith(`.${stack}.internal`);
    return [...new Set(named.map((host) => host.toLowerCase()).filter(isElsewhere))].sort();
}

/** Not an address, nor this machine. */
const NAME = /^(?!localhost$)(?!.*\.\d+$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const HOST_ENDS = ["HOST", "HOSTNAME", "SERVER", "ADDRESS"];

const besidePorts = (variables: Named): string[] =>
    Object.entries(variables).flatMap(([name, port]) => {
        const [, beginning] = /^(.*)PORT$/.exec(name) ?? [];
        if (beginning === undefined || !MAIL_PORTS.includes(Number(port))) return [];
        return HOST_ENDS.flatMap((end) => variables[beginning + end] ?? []);
    });

const inUrls = (variables: Named): string[] =>
    Object.values(variables).flatMap((text) =>
        /^smtps?:\/\//.test(text) && URL.canParse(text) ? [new URL(text).hostname] : [],
    );

/** What is in an image that exists already cannot be seen. */
function ofRealms(folders: readonly string[], files: string, containers: readonly Named[]): string[] {
    return folders
        .flatMap((folder) => jsonFiles(path.join(files, folder)))
        .flatMap((file) => {
            const { smtpServer } = readRealm(file) as { smtpServer?: { host?: string } };
            const variable = /^\$\{([^}]+)\}$/.exec(smtpServer?.host ?? "")?.[1];
            return (
                (variable ? containers.find((container) => variable in container)?.[variable] : smtpServer?.host) ?? []
            );
        });
}

/** None where no task sends mail. */
export function mailStandIns({ aws: { mail }, project, portOffset, variables }: StandInContext): StandIn[] {
    if (!mail) return [];
    const image = standInImage(project, "mail");
    const port = PAGE_PORT + portOffset;
    return [
        {
            name: MAIL,
            of: MAIL,
            image,
            published: port,
            api: { ports: Object.fromEntries(MAIL_PORTS.map((smtp) => [smtp, smtp])), isOfAws: false },
            service: {
                ...CONFINED,
                image: image.reference,
                environment: {
                    PORT: String(port),
                    SMTP_PORTS: MAIL_PORTS.join(","),
                    TLS_CERTIFICATE: mail.certificate.certificate,
                    TLS_KEY: variables.reference("mail key", mail.certificate.privateKey),
                },
                ...healthcheckAt(port),
                ...reachedAs(...mail.hosts),
                ...publishing(port),
                mem_limit: "256m",
            },
        },
    ];
}
