/** What a tunnel may lead to, and how to talk to it through one. */
import type { Database, Outputs } from "../../runner/deployed";
import { endOf } from "../../verify/target";

/** The authorities' files, from the project's root. */
export interface Files {
    readonly rds: string;
    /** Undefined where certificates are by an authority that every machine knows. */
    readonly stack: string | undefined;
}

interface Here {
    /** The port on this machine. */
    readonly local: number;
    readonly region: string;
    readonly files: Files;
}

export interface Target {
    readonly host: string;
    readonly port: number;
    /** Commands for a shell, from the project's root. A secret is named, never shown. */
    explain(here: Here): string[];
}

/** By name. */
export function targets(outputs: Outputs): Record<string, Target> {
    const { adminUrls, secretParameters, keycloakAdminUrl, ledgerUrl } = outputs;
    const agents = Object.entries(adminUrls).map(([name, url]) => {
        const key = secretParameters[name]?.ACAPY_ADMIN_API_KEY;
        return [`${name}-admin`, web(url, "/wallet/did", key)] as const;
    });
    const [only, ...more] = agents;
    return {
        ...Object.fromEntries(Object.entries(outputs.databases).map(([name, found]) => [name, database(found)])),
        ...Object.fromEntries(agents),
        ...(only && more.length === 0 ? { admin: only[1] } : {}),
        ...(keycloakAdminUrl ? { "keycloak-admin": console(keycloakAdminUrl) } : {}),
        ...(ledgerUrl ? { ledger: web(ledgerUrl, "/genesis") } : {}),
    };
}

/** Sets a variable to a secret, in the shell of whoever may read it. */
const secret = (variable: string, parameter: string, region: string, then = "") => [
    `export ${variable}=$(aws ssm get-parameter --region ${region} --with-decryption \\`,
    "    --query Parameter.Value --output text \\",
    `    --name ${parameter}${then})`,
];

/** The certificate is for RDS's own name, so psql is told that name, and the address to connect to beside it. */
function database({ host, port, user, name, passwordParameter }: Database): Target {
    return {
        host,
        port,
        explain: ({ local, region, files }) => {
            const inJson = passwordParameter.endsWith("_CREDS") ? " | jq -r .password" : "";
            return [
                ...secret("PGPASSWORD", passwordParameter, region, inJson),
                `export PGSSLMODE=verify-full PGSSLROOTCERT=${files.rds}`,
                `export PGHOST=${host}`,
                `PGHOSTADDR=127.0.0.1 PGPORT=${local} psql -U ${user} -d ${name}`,
            ];
        },
    };
}

function web(address: string, at: string, keyParameter?: string): Target {
    const url = new URL(address);
    return {
        ...endOf(url),
        explain: ({ local, region, files }) => {
            const header = keyParameter ? ' -H "X-API-Key: $KEY"' : "";
            return [
                ...(keyParameter ? secret("KEY", keyParameter, region) : []),
                ...(url.protocol === "http:"
                    ? [`curl${header} http://127.0.0.1:${local}${at}`]
                    : [`curl${header}${authority(files)} \\`, ...through(url, local, at)]),
            ];
        },
    };
}

/** A browser cannot be told to connect elsewhere than a name says. */
function console(address: string): Target {
    const url = new URL(address);
    return {
        ...endOf(url),
        explain: ({ local, files }) => [
            `curl${authority(files)} \\`,
            ...through(url, local, "/admin/master/console/"),
            "",
            "# A browser goes by the name: `--port 443` (on Linux root's), and in /etc/hosts",
            `# 127.0.0.1 ${url.hostname}`,
        ],
    };
}

const authority = ({ stack }: Files) => (stack ? ` --cacert ${stack}` : "");

const through = (url: URL, local: number, at: string) => [
    `    --connect-to ::127.0.0.1:${local} \\`,
    `    ${url.origin}${at}`,
];
