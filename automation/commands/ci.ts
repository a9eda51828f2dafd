/** `npm run ci`: what the workflows need beside the commands that everybody has. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { environmentNamed } from "../../config/environments";
import { accessComment } from "../ci/access";
import { comment } from "../ci/comment";
import { protectionOf, renderProtection } from "../bootstrap/github";
import { planFolder } from "../plan/files";
import { readStackFile, UsageError } from "../plan/stack-file";
import { run, type Surroundings } from "./command";

const HELP = `npm run ci -- stacks
npm run ci -- protection
npm run ci -- access --stack NAME --base FOLDER
npm run ci -- comment --folder FOLDER

  stacks   the stacks that have a file, as outputs for a workflow's matrix: stacks=["dev","prod"], and previewed=["dev"], those
           that are previewed from any branch (prod is from main alone: a preview reads what is in the state)
  protection  fails where the branch main or an environment on GitHub is not protected as \`npm run bootstrap\` prints it.
           From the environment: GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL
  access   what changes in who may do what and who reaches whom between two plans that \`npm start\` wrote: that of another
           checkout, in FOLDER, and that of this one
  comment  the text of a pull request's comment, of what is in FOLDER (access-STACK.md and preview-STACK.md).
           From the environment: GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_SERVER_URL

  --help   print this
`;

export async function ci(args: string[], { root, out }: Surroundings, env = process.env): Promise<number> {
    const { values, positionals } = parsed(args);
    if (values.help) {
        out(HELP);
        return 0;
    }
    const [action, ...more] = positionals;
    if (more.length > 0 || !["stacks", "protection", "access", "comment"].includes(action ?? "")) {
        throw new UsageError("npm run ci -- stacks, protection, access, or comment; --help says more");
    }
    if (action === "access") {
        const { stack, base } = values;
        if (!stack || !base) throw new UsageError("access needs --stack NAME and --base FOLDER");
        const [before, now] = [base, root].map((one) => path.join(path.resolve(root, one), planFolder(stack)));
        out(accessComment(stack, before!, now!));
        return 0;
    }
    const stacks = stacksOf(root);
    const previewed = stacks.filter((stack) => !isProduction(root, stack));
    if (stacks.length === 0) throw new UsageError(`there is no Pulumi.STACK.yaml in ${root}`);
    if (action === "stacks") {
        out(`stacks=${JSON.stringify(stacks)}\npreviewed=${JSON.stringify(previewed)}\n`);
        return 0;
    }
    if (action === "protection") return await protection(root, stacks, out, env);
    if (!values.folder) throw new UsageError("comment needs --folder FOLDER");
    const { GITHUB_SERVER_URL: server = "https://github.com", GITHUB_REPOSITORY: name, GITHUB_RUN_ID: id } = env;
    out(comment(previewed, values.folder, `${server}/${name}/actions/runs/${id}`));
    return 0;
}

const isProduction = (root: string, stack: string) => {
    const { config, project } = readStackFile(root, stack);
    return environmentNamed(config[`${project}:environment`]).production;
};

async function protection(root: string, stacks: string[], out: (text: string) => void, env: NodeJS.ProcessEnv) {
    const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: name, GITHUB_API_URL: api = "https://api.github.com" } = env;
    if (!token || !name) throw new UsageError("not in the environment: GITHUB_TOKEN, GITHUB_REPOSITORY");
    const all = stacks.map((stack) => ({ name: stack, region: "", production: isProduction(root, stack) }));
    const found = await protectionOf({ api, name, branch: "main", token }, all);
    const lines = renderProtection(found);
    out(lines.length === 0 ? "main and the environments are protected\n" : `${lines.join("\n")}\n`);
    return found.findings.length > 0 ? 1 : 0;
}

function parsed(args: string[]) {
    try {
        return parseArgs({
            args,
            allowPositionals: true,
            options: {
                folder: { type: "string" },
                stack: { type: "string" },
                base: { type: "string" },
                help: { type: "boolean", default: false },
            },
        });
    } catch (error) {
        throw new UsageError(`${(error as Error).message.split(". ")[0]}; --help says what there is`);
    }
}

/** Names that a workflow can be trusted with: they end up in commands. */
const stacksOf = (root: string) =>
    readdirSync(root)
        .flatMap((name) => /^Pulumi\.([A-Za-z0-9_][\w.-]*)\.yaml$/.exec(name)?.[1] ?? [])
        .sort();

if (require.main === module) run(ci);
