/** ACA-Py's settings: those of the version that images/acapy-agent has are known by name and kind (`config/acapy/settings.py`). */
import { LEDGER_LIST, LEDGER_SETTINGS, MANAGED_VARIABLES } from "../../components/agent-variables";
import { settings as known, since } from "../acapy/settings.json";
import type { AgentConfig, PlatformConfig } from "../defaults";
import { isSince, NEWEST_RELEASE } from "./agent-version";
import type { Path, Problem } from "./common";
import { choiceOf, type Form, formProblems, unknownSetting } from "./setting-values";

type Kind = "flag" | "integer" | "size" | "list" | "text" | readonly string[];
const SETTINGS = known as Readonly<Record<string, Kind>>;
/** The release that introduced a setting. Settings that the oldest known release has are not in it. */
const SINCE = since as Readonly<Record<string, string>>;
type At = (...rest: string[]) => Path;

/** Which values an agent takes, by the kind of setting (ConfigArgParse for a flag, acapy_agent/config/util.py for the rest). */
const VALUES: Record<"flag" | "integer" | "size" | "list", Form> = {
    flag: [/^(true|yes|on|1|false|no|off|0)$/i, '"true" or "false"'],
    integer: [/^\s*[+-]?\d+\s*$/, 'a whole number, as text: "5"'],
    size: [/^\d+[kmgt]?b?$/i, 'bytes, or a number with K, M or G: "2M"'],
    // Names or URLs with commas or spaces between them would be one name.
    list: [
        /^(?!((https?:\/\/)?[\w.:/#-]+[,\s]+)+(https?:\/\/)?[\w.:/#-]+$)/,
        'one of them, or a list as JSON: \'["a", "b"]\'',
    ],
};

/** Settings that an agent would ignore or would not start with. An image that exists already may know other names, which are taken. */
export function settingProblems(
    at: At,
    { environment, secrets }: AgentConfig,
    { agentImage, agentVersion = NEWEST_RELEASE }: PlatformConfig,
): Problem[] {
    const named = [
        ...Object.keys(environment).map((variable) => ({ path: at("environment", variable), variable })),
        ...Object.keys(secrets).map((variable) => ({ path: at("secrets", variable), variable })),
    ];
    return named.flatMap(({ path, variable }): Problem[] => {
        if (Object.hasOwn(MANAGED_VARIABLES, variable) || !/^acap[\w.-]*$/i.test(variable)) return [];
        const kind = Object.hasOwn(SETTINGS, variable) ? SETTINGS[variable] : undefined;
        if (kind === undefined) return agentImage === undefined ? [unknown(path, variable, agentVersion)] : [];
        const first = SINCE[variable];
        if (agentImage === undefined && first !== undefined && !isSince(agentVersion, first)) {
            return [tooNew(path, first, agentVersion)];
        }
        const value = environment[variable];
        if (value === undefined) return [];
        return harmProblems(path, variable, value) ?? (kind === "text" ? [] : valueProblems(path, kind, value));
    });
}

const tooNew = (path: Path, first: string, version: string): Problem => ({
    path,
    what: `came with ACA-Py ${first}, and ${version} would pass over it`,
    fix: `leave it out, or agentVersion: "${NEWEST_RELEASE}"`,
    also: [["agentVersion"]],
});

/** Values that ACA-Py takes, and that harm agents which share a wallet on a read-only file system. */
const HARM: Readonly<Record<string, [value: RegExp, what: string, fix: string]>> = {
    ACAPY_AUTO_INSTALL_PLUGINS: [
        /^/,
        "installs packages when an agent starts, and its file system is read-only: it would end",
        "pip install in images/acapy-agent/Dockerfile, and the module in ACAPY_PLUGIN",
    ],
    ACAPY_LOG_FILE: [
        /^(?!\/tmp\/)/,
        "is a file that an agent may not write: its file system is read-only but for /tmp",
        "leave it out: the log goes to CloudWatch; or a file below /tmp",
    ],
    ACAPY_RECREATE_WALLET: [
        VALUES.flag[0],
        "removes the wallet that other agents of the cluster use",
        "leave it out; an empty wallet is one of another walletName",
    ],
    ACAPY_WALLET_TEST: [
        VALUES.flag[0],
        "keeps a wallet in each task's memory: agents would not share it, and it would end with the task",
        "leave it out",
    ],
};

/** What is wrong with a setting; undefined where nothing is known. */
function harmProblems(path: Path, variable: string, value: string): Problem[] | undefined {
    const harm = HARM[variable];
    if (harm === undefined) return undefined;
    const [form, what, fix] = harm;
    if (!form.test(value) || /^(false|no|off|0)$/i.test(value)) return undefined;
    return [{ path, what, fix }];
}

const unknown = (path: Path, variable: string, release: string): Problem =>
    unknownSetting(path, variable, {
        program: `ACA-Py ${release}`,
        names: Object.keys(SETTINGS),
        list: "aca-py start --help lists; a plugin's own settings are in ACAPY_PLUGIN_CONFIG",
    });

const valueProblems = (path: Path, kind: Exclude<Kind, "text">, value: string): Problem[] =>
    formProblems(path, value, typeof kind === "string" ? VALUES[kind] : choiceOf(kind), "the agent would not start");

/** ACA-Py reads one ledger or a list of them, and what belongs to a ledger only where there is one. */
export function ledgerProblems(at: At, agent: AgentConfig, { devLedger }: PlatformConfig): Problem[] {
    const { environment, secrets, genesisUrl } = agent;
    const place = (variable: string) =>
        (
            [
                ["environment", environment],
                ["secrets", secrets],
            ] as const
        ).find(([, all]) => Object.hasOwn(all, variable))?.[0];
    const list = place(LEDGER_LIST);
    if (list !== undefined && genesisUrl !== undefined) {
        const what = "is a list of ledgers, and genesisUrl another one: ACA-Py takes one of the two";
        return [{ path: at(list, LEDGER_LIST), what, fix: "leave one of them out; the list can hold both" }];
    }
    if (list !== undefined || genesisUrl !== undefined || devLedger !== undefined) return [];
    return LEDGER_SETTINGS.flatMap((variable) => {
        const where = place(variable);
        if (where === undefined) return [];
        const what = "is read only where there is a ledger, and this agent has none";
        return [{ path: at(where, variable), what, fix: "genesisUrl, or leave it out" }];
    });
}
