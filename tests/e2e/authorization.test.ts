import { expect } from "chai";
import { DEV, workflow } from "../automation/bootstrap/holders";
import { ask, type Question } from "../iam";
import { questionsOf } from "./authorization";
import { awsRequest } from "./aws-request";

const REGION = "ap-northeast-1";

/** A request as a client sends it. */
function request(
    service: string,
    options: { method?: string; url?: string; target?: string; body?: string; region?: string },
) {
    const { method = "POST", url = "/", target, body = "", region = REGION } = options;
    const type = target || body.startsWith("{") ? "application/x-amz-json-1.1" : "application/x-www-form-urlencoded";
    const headers = {
        authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request, Signature=none`,
        "content-type": body.startsWith("<") ? "application/xml" : type,
        ...(target ? { "x-amz-target": target } : {}),
    };
    return awsRequest({ method, url, headers, body: Buffer.from(body) })!;
}
const json = (service: string, target: string, input: object) =>
    request(service, { target, body: JSON.stringify(input) });
const form = (service: string, input: Record<string, string>, region?: string) =>
    request(service, { body: new URLSearchParams(input).toString(), region });
const rrset = (name: string) => `<Change><ResourceRecordSet><Name>${name}</Name></ResourceRecordSet></Change>`;

const ROLE = { Action: "CreateRole", Path: "/identity/dev/", RoleName: "issuer-1" };
const BOUNDARY = "arn:aws:iam::123456789012:policy/identity-bootstrap/identity-dev-boundary";
const TAG = { "Tags.member.1.Key": "Stack", "Tags.member.1.Value": "dev" };

/** What IAM says to the questions that a request comes to, by action. */
async function answers(...requests: Parameters<typeof questionsOf>[0][number][]) {
    const questions = await questionsOf(requests, DEV);
    const answered = await Promise.all(
        questions.map(async (q: Question) => [q[0], await ask(workflow(DEV, "deploy"), q)]),
    );
    return Object.fromEntries(answered) as Record<string, string>;
}

describe("what IAM is asked when a request comes", () => {
    it("is for the action and the resource that the request names", async () => {
        const own = json("logs", "Logs_20140328.CreateLogGroup", {
            logGroupName: "/identity/dev/issuer",
            tags: { Stack: "dev" },
        });
        expect(await answers(own)).to.deep.equal({ "logs:CreateLogGroup": "Allowed", "logs:TagResource": "Allowed" });
        const stream = { logGroupName: "/identity/dev/issuer", logStreamName: "issuer/app/1" };
        expect(await answers(json("logs", "Logs_20140328.GetLogEvents", stream))).to.deep.equal({
            "logs:GetLogEvents": "Allowed",
        });
        const bucket = { method: "PUT", url: "/identity-dev-access-logs-123456789012" };
        expect(await answers(request("s3", bucket))).to.deep.equal({ "s3:CreateBucket": "Allowed" });
        const others = json("logs", "Logs_20140328.DeleteLogGroup", { logGroupName: "/identity/prod/issuer" });
        expect(await answers(others)).to.deep.equal({ "logs:DeleteLogGroup": "ImplicitlyDenied" });
    });

    it("is for tags, the passed role and AWS's policy where backups are made", async () => {
        const backup = (method: string, url: string, input?: object) =>
            request("backup", { method, url, body: input === undefined ? "" : JSON.stringify(input) });
        const role = "arn:aws:iam::123456789012:role/identity/dev/backups-1";
        const attach = (PolicyArn: string) =>
            form("iam", { Action: "AttachRolePolicy", RoleName: "backups-1", PolicyArn });
        const made = form("iam", { ...ROLE, RoleName: "backups-1", PermissionsBoundary: BOUNDARY });
        const policy = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor";
        const vault = encodeURIComponent("arn:aws:backup:ap-northeast-1:123456789012:backup-vault:backups-1");
        expect(await answers(backup("GET", `/tags/${vault}`))).to.deep.equal({ "backup:ListTags": "Allowed" });
        const create = backup("PUT", "/backup-vaults/backups-1", { BackupVaultTags: { Stack: "dev" } });
        expect(await answers(create)).to.deep.equal({
            "backup:CreateBackupVault": "Allowed",
            "backup:TagResource": "Allowed",
        });
        const select = backup("PUT", "/backup/plans/1/selections", { BackupSelection: { IamRoleArn: role } });
        expect(await answers(select)).to.include({
            "backup:CreateBackupSelection": "Allowed",
            "iam:PassRole": "Allowed",
        });
        expect((await answers(made, attach(`${policy}Backup`)))["iam:AttachRolePolicy"]).to.equal("Allowed");
        expect((await answers(made, attach(`${policy}Restores`)))["iam:AttachRolePolicy"]).to.match(/Denied$/);
    });

    it("is for the role that RDS measures a database by, and AWS's policy for it", async () => {
        const MonitoringRoleArn = "arn:aws:iam::123456789012:role/identity/dev/web-db-monitoring-1";
        const create = form("rds", { Action: "CreateDBInstance", DBInstanceIdentifier: "a", MonitoringRoleArn });
        expect(await answers(create)).to.include({ "rds:CreateDBInstance": "Allowed", "iam:PassRole": "Allowed" });
        const made = form("iam", { ...ROLE, RoleName: "web-db-monitoring-1", PermissionsBoundary: BOUNDARY });
        const PolicyArn = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole";
        const attach = form("iam", { Action: "AttachRolePolicy", RoleName: "web-db-monitoring-1", PolicyArn });
        expect((await answers(made, attach))["iam:AttachRolePolicy"]).to.equal("Allowed");
    });

    it("is with the conditions that the request meets", async () => {
        const bounded = form("iam", { ...ROLE, PermissionsBoundary: BOUNDARY }, "us-east-1");
        expect(await answers(bounded)).to.deep.equal({ "iam:CreateRole": "Allowed" });
        expect(await answers(form("iam", ROLE, "us-east-1"))).to.deep.equal({ "iam:CreateRole": "ImplicitlyDenied" });
        const records = (name: string) =>
            request("route53", { url: "/2013-04-01/hostedzone/Z1/rrset/", body: rrset(name), region: "us-east-1" });
        const action = "route53:ChangeResourceRecordSets";
        expect(await answers(records("auth.dev.example.com."))).to.deep.equal({ [action]: "Allowed" });
        expect(await answers(records("www.example.com."))).to.deep.equal({ [action]: "ImplicitlyDenied" });
    });

    it("is for a role's path as well, which later requests leave out", async () => {
        const made = form("iam", { ...ROLE, PermissionsBoundary: BOUNDARY }, "us-east-1");
        const put = form("iam", { Action: "PutRolePolicy", RoleName: "issuer-1" }, "us-east-1");
        expect(await answers(put)).to.deep.equal({ "iam:PutRolePolicy": "ImplicitlyDenied" });
        expect(await answers(made, put)).to.include({ "iam:PutRolePolicy": "Allowed" });
    });

    it("is for what the request needs besides: tags, roles that it passes, the parameter's key", async () => {
        const role = "arn:aws:iam::123456789012:role/identity/dev/issuer-1";
        const definition = { family: "identity-dev-issuer", taskRoleArn: role, tags: [{ key: "Stack", value: "dev" }] };
        const register = json("ecs", "AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition", definition);
        expect(await answers(register)).to.deep.equal({
            "ecs:RegisterTaskDefinition": "Allowed",
            "ecs:TagResource": "Allowed",
            "iam:PassRole": "Allowed",
        });
        const balancer = form("elasticloadbalancing", { Action: "CreateTargetGroup", Name: "a", ...TAG });
        expect(Object.keys(await answers(balancer))).to.include("elasticloadbalancing:AddTags");
        const group = { "TagSpecification.1.ResourceType": "security-group", "TagSpecification.1.Tag.1.Key": "Stack" };
        const security = form("ec2", { Action: "CreateSecurityGroup", VpcId: "vpc-0123456789abcdef0", ...group });
        expect(await answers(security)).to.deep.equal({
            "ec2:CreateSecurityGroup": "Allowed",
            "ec2:CreateTags": "Allowed",
        });
        const read = (Name: string) => json("ssm", "AmazonSSM.GetParameter", { Name, WithDecryption: true });
        expect(await answers(read("/identity/dev/issuer/KEY"))).to.include({ "kms:Decrypt": "Allowed" });
        expect(await answers(read("/team/mail/key"))).to.include({ "kms:Decrypt": "ExplicitlyDenied" });
    });

    it("is for the role of a machine where it is put into its profile", async () => {
        const global = "us-east-1";
        const made = form("iam", { ...ROLE, PermissionsBoundary: BOUNDARY, ...TAG }, global);
        const put = form(
            "iam",
            { Action: "AddRoleToInstanceProfile", RoleName: "issuer-1", InstanceProfileName: "a" },
            global,
        );
        expect(await answers(made, put)).to.deep.equal({
            "iam:CreateRole": "Allowed",
            "iam:TagRole": "Allowed",
            "iam:AddRoleToInstanceProfile": "ImplicitlyDenied", // a profile that is not below the stack's path
            "iam:PassRole": "Allowed",
        });
    });

    it("is for the document of AWS's own that a machine runs, and for the machine", async () => {
        const input = { InstanceIds: ["i-0123456789abcdef0"], DocumentName: "AWS-RunShellScript" };
        const send = (more: object) => json("ssm", "AmazonSSM.SendCommand", { ...input, ...more });
        const questions = await questionsOf([send({})], DEV);
        expect(questions.map(([, arn]) => arn)).to.have.members([
            `arn:aws:ec2:${REGION}:123456789012:instance/i-0123456789abcdef0`,
            `arn:aws:ssm:${REGION}::document/AWS-RunShellScript`,
        ]);
        expect(await answers(send({}))).to.deep.equal({ "ssm:SendCommand": "Allowed" });
        const another = await questionsOf([send({ DocumentName: "AWS-RunRemoteScript" })], DEV);
        const document = another.find(([, arn]) => arn.includes("document/"))!;
        expect(await ask(workflow(DEV, "deploy"), document)).to.equal("ImplicitlyDenied");
    });

    it("is on what is the stack's own, and has no tags where it is new", async () => {
        const stop = form("ec2", { Action: "TerminateInstances", "InstanceId.1": "i-0123456789abcdef0" });
        expect(await answers(stop)).to.deep.equal({ "ec2:TerminateInstances": "Allowed" });
        const questions = await questionsOf(
            [form("ec2", { Action: "CreateSubnet", VpcId: "vpc-0123456789abcdef0" })],
            DEV,
        );
        const tagged = Object.fromEntries(
            questions.map(([, arn, context]) => [arn, "aws:ResourceTag/Stack" in context!]),
        );
        expect(tagged).to.deep.equal({
            [`arn:aws:ec2:${REGION}:123456789012:subnet/made-up`]: false,
            [`arn:aws:ec2:${REGION}:123456789012:vpc/vpc-0123456789abcdef0`]: true,
        });
    });

    it("is for the stack's dashboard, and for no other", async () => {
        const put = (DashboardName: string) => form("monitoring", { Action: "PutDashboard", DashboardName });
        const gone = form("monitoring", { Action: "DeleteDashboards", "DashboardNames.member.1": "identity-dev" });
        expect(await answers(put("identity-dev"), gone)).to.deep.equal({
            "cloudwatch:PutDashboard": "Allowed",
            "cloudwatch:DeleteDashboards": "Allowed",
        });
        expect(await answers(put("identity-prod"))).to.deep.equal({ "cloudwatch:PutDashboard": "ImplicitlyDenied" });
    });

    it("is for a subscription's topic", async () => {
        const SubscriptionArn = `arn:aws:sns:${REGION}:123456789012:alarms-eb97f48:1c81f329-5e98-4618-bd65-e840da8dd634`;
        expect(await answers(form("sns", { Action: "GetSubscriptionAttributes", SubscriptionArn }))).to.deep.equal({
            "sns:GetSubscriptionAttributes": "Allowed",
        });
    });

    it("is known for requests that name their action by method and path", () => {
        const action = (service: string, method: string, url: string) => request(service, { method, url }).action;
        expect(action("s3", "PUT", "/logs")).to.equal("s3:CreateBucket");
        expect(action("s3", "DELETE", "/logs?policy")).to.equal("s3:DeleteBucketPolicy");
        expect(action("s3", "DELETE", "/logs?lifecycle=")).to.equal("s3:PutLifecycleConfiguration");
        expect(action("s3", "GET", "/logs?versions&prefix=a")).to.equal("s3:ListBucketVersions");
        expect(action("s3", "PUT", "/logs/a/b")).to.equal("s3:PutObject");
        expect(action("scheduler", "POST", "/schedules/nightly")).to.equal("scheduler:CreateSchedule");
        expect(() => request("route53", { method: "PUT", url: "/2013-04-01/nothing" })).to.throw("which operation");
    });
});
