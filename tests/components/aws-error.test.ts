import { expect } from "chai";
import { explainAwsError, withinSeconds } from "../../components/aws-error";

const error = (name: string, message: string, code?: string) => Object.assign(new Error(message), { name, code });
const about = "the public hosted zone example.com";

describe("What AWS says instead of an answer", () => {
    for (const [what, thrown, kind, fix] of [
        [
            "a name that does not resolve",
            error("Error", "getaddrinfo ENOTFOUND sts.eu-cental-1.amazonaws.com", "ENOTFOUND"),
            "AWS does not answer",
            "aws:region",
        ],
        [
            "a closed port, of which Node says nothing but a code",
            error("AggregateError", "", "ECONNREFUSED"),
            "AWS does not answer: ECONNREFUSED",
            "network",
        ],
        [
            "the SDK's time",
            error("TimeoutError", "Connection timed out after 5000 ms"),
            "AWS does not answer",
            "network",
        ],
        ["the provider's time", new Error("dial tcp 1.2.3.4:443: i/o timeout"), "AWS does not answer", "network"],
        [
            "a proxy's certificate",
            error("Error", "self-signed certificate in certificate chain"),
            "AWS does not answer",
            "proxy",
        ],
        [
            "no credentials",
            error("CredentialsProviderError", "Could not load credentials from any providers"),
            "AWS takes no credentials",
            "AWS_PROFILE",
        ],
        [
            "unknown credentials",
            error("InvalidClientTokenId", "The security token included in the request is invalid."),
            "AWS takes no credentials",
            "AWS_PROFILE",
        ],
        [
            "old credentials",
            error("ExpiredTokenException", "The security token included in the request is expired"),
            "AWS takes no credentials",
            "sso login",
        ],
        [
            "the provider's credentials",
            new Error("No valid credential sources found. Please see …"),
            "AWS takes no credentials",
            "AWS_PROFILE",
        ],
        [
            "a permission",
            error("AccessDenied", "User: x is not authorized to perform: route53:ListHostedZonesByName"),
            "AWS does not allow it",
            "whoever runs this needs route53:X",
        ],
        ["a rush", error("ThrottlingException", "Rate exceeded"), "too many requests", "wait"],
    ] as const) {
        it(`is told of ${what}`, () => {
            const problem = explainAwsError(thrown, { about, needs: "route53:X" });
            expect(problem.what).to.match(/^the public hosted zone example\.com cannot be looked up: /);
            expect(problem.what).to.contain(kind);
            expect(problem.fix).to.contain(fix);
        });
    }

    it("is freed of what the provider puts around it, and has the question's own remedy", () => {
        const thrown = new Error(
            "Invocation of aws:route53/getZone:getZone returned an error: invoking aws:route53/getZone:getZone: 1 error occurred:\n" +
                "\t* no matching Route 53 Hosted Zone found\n\n",
        );
        expect(explainAwsError(thrown, { about, fix: "make it" })).to.deep.equal({
            what: `${about} cannot be looked up: no matching Route 53 Hosted Zone found`,
            fix: "make it",
        });
    });

    it("is waited for no longer than it is told", async () => {
        expect(await withinSeconds(5, Promise.resolve(1))).to.equal(1);
        const late = await withinSeconds(0.01, new Promise(() => undefined)).catch((e: Error) => e);
        expect(explainAwsError(late, { about }).what).to.contain("AWS does not answer: no answer within 0.01 seconds");
    });
});
