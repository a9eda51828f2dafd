/** A web ACL of AWS WAF that exists (`identity:publicEndpoint.webAcl`): whether it is there. */
import type { WAFV2Client } from "@aws-sdk/client-wafv2";
import type { Problem } from "../../components/aws-error";
import { parseArn } from "../../components/arn";

export const WEB_ACL_NEEDS = "wafv2:GetWebACL on it";
const KEY = "identity:publicEndpoint.webAcl";

/** `account`: of the credentials. A web ACL and what it protects are of one account (WAF API reference, AssociateWebACL). */
export async function webAclProblems(waf: Pick<WAFV2Client, "send">, arn: string, account: string): Promise<Problem[]> {
    const { accountId, resource } = parseArn(arn);
    if (accountId !== account) {
        const what = `the web ACL ${arn} belongs to account ${accountId}, and the stack to ${account}`;
        return [{ what, fix: `${KEY}: a web ACL of account ${account}` }];
    }
    const { GetWebACLCommand, WAFNonexistentItemException } = await import("@aws-sdk/client-wafv2");
    const [, , Name, Id] = resource.split("/");
    try {
        await waf.send(new GetWebACLCommand({ Name, Id, Scope: "REGIONAL" }));
        return [];
    } catch (error) {
        if (!(error instanceof WAFNonexistentItemException)) throw error;
        const fix = `${KEY}: the ARN of one that is there; \`aws wafv2 list-web-acls --scope REGIONAL\` names them`;
        return [{ what: `there is no web ACL ${arn}`, fix }];
    }
}
