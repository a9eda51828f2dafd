/** `npm run ci`: what the workflows need beside the commands that everybody has. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { accessComment } from "../ci/access";
import { comment, publish } from "../ci/comment";
import { planFolder } from "../plan/files";
import { UsageError } from "../plan/stack-file";
import { run, type Surroundings } from "./command";

const HELP = `npm run ci -- stacks
npm run ci -- access --stack NAME --base FOLDER
npm run ci -- comment --pull-request NUMBER --folder FOLDER

  stacks   the stacks that have a file, as an output for a workflow's matrix: stacks=["dev","prod"]
  access   what changes in who may do what and who reaches whom between two plans that \`npm start\` wrote: that of another
           checkout, in FOLDER, and that of this one
  comment  puts what is in FOLDER (access-STACK.md and preview-STACK.md) into one comment of a pull request, and updates it
           the next time.
           From the environment: GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_API_URL, GITHUB_SERVER_URL

  --help   print this
`;

export async function ci(args: string[], { root, out }: Surroundings, env = process.env): Promise<number> {
    const { values, positionals } = parsed(args);
    if (values.help) {
        out(HELP);
        return 0;
    }
    const [action, ...more] = positionals;
    if (more.length > 0 || !["stacks", "access", "comment"].includes(action ?? "")) {
        throw new UsageError("npm run ci -- stacks, access, or comment; --help says more");
    }
    if (action === "access") {
        const { stack, base } = values;
        if (!stack || !base) throw new UsageError("access needs --stack NAME and --base FOLDER");
        const [before, now] = [base, root].map((one) => path.join(path.resolve(root, one), planFolder(stack)));
        out(accessComment(stack, before!, now!));
        return 0;
    }
    const stacks = stacksOf(root);
    if (stacks.length === 0) throw new UsageError(`there is no Pulumi.STACK.yaml in ${root}`);
    if (action === "stacks") {
        out(`stacks=${JSON.stringify(stacks)}\n`);
        return 0;
    }
    const { folder, "pull-request": number } = values;
    if (!folder || !/^\d+$/.test(number ?? ""))
        throw new UsageError("comment needs --pull-request NUMBER and --folder");
    const missing = ["GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"].filter((name) => !env[name]);
    if (missing.length > 0) throw new UsageError(`not in the environment: ${missing.join(", ")}`);
    const { GITHUB_SERVER_URL: server = "https://github.com", GITHUB_API_URL: api = "https://api.github.com" } = env;
    const body = comment(stacks, folder, `${server}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`);
    const request = { api, repository: env.GITHUB_REPOSITORY!, number: number!, token: env.GITHUB_TOKEN! };
    out(`the comment was ${await publish(body, request)}\n`);
    return 0;
}

function parsed(args: string[]) {
    try {
        return parseArgs({
            args,
            allowPositionals: true,
            options: {
                "pull-request": { type: "string" },
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
