/** `npm run verify`: whether what is deployed works, and whether what must not answer does not. */
import { clientOptions } from "../../components/fargate/aws-clients";
import { deployed } from "../deployed";
import { readStackFile, UsageError } from "../plan/stack-file";
import { AwsTarget } from "../verify/aws/target";
import { HELP as COMMON, OPTIONS, verifyTarget } from "../verify/command";
import { options, run, type Surroundings } from "./command";

const HELP = `npm run verify -- [--stack NAME] [--only NAME]… [--strict] [--json]

Checks a deployed stack from here: agents, applications, Keycloak, and that nothing else answers.
What it makes it takes away again, or says that it stays. docs/verify.md says what each proves.

  --stack NAME      the stack (default: dev)
  --help            print this
  --connect-to HOST:PORT=HOST:PORT
                    where to connect instead, e.g. to a tunnel to the admin endpoint; may be given
                    more than once
${COMMON}`;

export async function verify(args: string[], around: Surroundings): Promise<number> {
    const { values, positionals } = options(args, {
        ...OPTIONS,
        "connect-to": { type: "string", multiple: true },
    });
    if (values.help) {
        around.out(HELP);
        return 0;
    }
    if (positionals.length > 0) throw new UsageError(`${positionals.join(" ")}: --only NAME; --help says more`);
    const places = new Map((values["connect-to"] ?? []).map(connection));
    const target = async () => {
        const { aws, outputs } = await deployed(around.root, values.stack);
        const { ElasticLoadBalancingV2Client } = await import("@aws-sdk/client-elastic-load-balancing-v2");
        const elb = new ElasticLoadBalancingV2Client(await clientOptions(aws.region));
        return new AwsTarget({ ...aws, elb }, outputs, readStackFile(around.root, values.stack), places);
    };
    return verifyTarget(values, target, around);
}

/** `internal-admin.elb.amazonaws.com:8021=127.0.0.1:9021` */
export function connection(text: string): [string, { host: string; port: number }] {
    const [from, to, ...more] = text.split("=");
    const at = /^([^:]+|\[[^\]]+\]):(\d+)$/;
    const [, host, port] = at.exec(to ?? "") ?? [];
    if (!at.test(from!) || host === undefined || more.length > 0) {
        throw new UsageError(
            `--connect-to ${text}: HOST:PORT=HOST:PORT, e.g. internal-admin.elb.amazonaws.com:8021=127.0.0.1:8021`,
        );
    }
    return [from!, { host: host.replace(/^\[|\]$/g, ""), port: Number(port) }];
}

if (require.main === module) run(verify);
