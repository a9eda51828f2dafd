/**
 * Compares the settings of the deployed branch and of the environments on GitHub with those that the roles rely on. Whoever can change that
 * branch without a review has dev's deploy role, and prod's if its environment has no reviewers.
 */
import { environmentOf, ROLES, type StackName } from "./names";

export interface Repository {
    /** `https://api.github.com`, or that of a server of one's own. */
    readonly api: string;
    /** owner/name */
    readonly name: string;
    readonly branch: string;
    readonly token: string;
}

export interface Protection {
    /** Each setting that is wrong, and what to do. */
    readonly findings: string[];
    /** Settings that the token may not read. */
    readonly unseen: string[];
}

/** Folders that decide who may do what: a change needs a code owner's review. */
export const OWNED = [".github/", "automation/bootstrap/", "policy/"];

export async function protectionOf(repository: Repository, stacks: readonly StackName[]): Promise<Protection> {
    const found: Protection = { findings: [], unseen: [] };
    await branchRules(repository, found);
    await owners(repository, found);
    for (const stack of stacks) for (const kind of ROLES) await environment(repository, stack, kind, found);
    return found;
}

interface Rule {
    type: string;
    parameters?: {
        required_approving_review_count?: number;
        require_code_owner_review?: boolean;
        require_last_push_approval?: boolean;
    };
}

async function branchRules(repository: Repository, { findings, unseen }: Protection) {
    const { branch } = repository;
    const rules = await get<Rule[]>(repository, `rules/branches/${branch}`);
    if (rules === undefined) return void unseen.push(`the rules of the branch ${branch}`);
    const types = new Set(rules.map(({ type }) => type));
    const reviews = rules.flatMap(({ type, parameters }) => (type === "pull_request" && parameters ? parameters : []));
    const need = (ok: boolean, what: string) => ok || findings.push(`${branch}: ${what} (Settings, Rules)`);
    need(
        reviews.some((review) => (review.required_approving_review_count ?? 0) > 0),
        "anybody with write access can push to it; require a pull request with an approval",
    );
    need(
        reviews.some((review) => review.require_code_owner_review === true),
        "changes of roles, workflows and policies need no owner's review; require review from code owners",
    );
    need(
        reviews.some((review) => review.require_last_push_approval === true),
        "whoever pushed last may approve; require approval of the most recent push by somebody else",
    );
    need(types.has("non_fast_forward"), "its history can be rewritten; block force pushes");
    need(types.has("deletion"), "it can be deleted; restrict deletions");
}

async function owners(repository: Repository, { findings }: Protection) {
    const places = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
    for (const place of places) {
        const file = await get<{ content?: string }>(repository, `contents/${place}?ref=${repository.branch}`);
        if (file?.content === undefined) continue;
        const lines = Buffer.from(file.content, "base64").toString("utf8").split("\n");
        const patterns = lines.flatMap((line) => (line.startsWith("#") ? [] : (line.trim().split(/\s+/)[0] ?? [])));
        const missing = OWNED.filter(
            (path) => !patterns.some((pattern) => pattern === "*" || pattern.replace(/^\//, "") === path),
        );
        if (missing.length > 0) findings.push(`${place}: nobody owns ${missing.join(", ")}`);
        return;
    }
    findings.push(`there is no CODEOWNERS: nobody in particular reviews ${OWNED.join(", ")}`);
}

interface Environment {
    deployment_branch_policy: { custom_branch_policies: boolean } | null;
    protection_rules?: { type: string; prevent_self_review?: boolean; reviewers?: unknown[] }[];
}

async function environment(
    repository: Repository,
    stack: StackName,
    kind: (typeof ROLES)[number],
    { findings, unseen }: Protection,
) {
    const name = environmentOf(stack.name, kind);
    const path = `environments/${encodeURIComponent(name)}`;
    const found = await get<Environment>(repository, path);
    if (!found) return void unseen.push(`the environment ${name}`);
    const where = `environment ${name} (Settings, Environments)`;
    if (anyBranch(stack, kind)) return;
    const policies = found.deployment_branch_policy?.custom_branch_policies
        ? await get<{ branch_policies: { name: string }[] }>(repository, `${path}/deployment-branch-policies`)
        : { branch_policies: [{ name: "*" }] };
    const others = policies?.branch_policies.filter((policy) => policy.name !== repository.branch) ?? [];
    if (others.length > 0) findings.push(`${where}: other branches than ${repository.branch} may use it`);
    if (kind !== "deploy" || !stack.production) return;
    const review = found.protection_rules?.find(({ type }) => type === "required_reviewers");
    if (!review?.reviewers?.length) findings.push(`${where}: nobody has to approve; set required reviewers`);
    else if (!review.prevent_self_review) findings.push(`${where}: one may approve one's own; prevent self-review`);
}

/** A preview of dev comes from any branch of the repository. One of prod can read prod's generated secrets. */
export const anyBranch = ({ production }: StackName, kind: (typeof ROLES)[number]) => kind === "preview" && !production;

/** Undefined where it does not exist, or where the token may not read it. */
async function get<Answer>({ api, name, token }: Repository, path: string): Promise<Answer | undefined> {
    const response = await fetch(`${api}/repos/${name}/${path}`, {
        headers: { accept: "application/vnd.github+json", authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(20_000),
    });
    if (response.status === 403 || response.status === 404) return undefined;
    if (!response.ok) throw new Error(`GitHub answers ${response.status} to ${path}`);
    return (await response.json()) as Answer;
}

export const renderProtection = ({ findings, unseen }: Protection): string[] => [
    ...findings,
    ...unseen.map((what) => `${what}: not there, or this token may not see it; nothing is known of it`),
];
