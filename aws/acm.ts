/** Certificates. */
import { PART, type ResourceTypes } from "./resource-type";
import { digits, named, PLAIN, uuid } from "./simulated";
import { DNS_NAME, upTo } from "./texts";

const READS = ["acm:Describe*", "acm:List*"];

export const ACM = {
    "aws:acm/certificate:Certificate": {
        ...PART,
        simulated: {
            id: named,
            outputs: ({ name, inputs }, place) => ({
                arn: place.arn("acm", `certificate/${uuid(name)}`),
                domainValidationOptions: [
                    {
                        domainName: inputs.domainName,
                        resourceRecordName: `_${digits(name, 32)}.${String(inputs.domainName).replace(/^\*\./, "")}.`,
                        resourceRecordType: "CNAME",
                        resourceRecordValue: `_${digits(`${name}-value`, 32)}.acm-validations.aws.`,
                    },
                ],
            }),
        },
        picture: { line: { title: "Certificates", one: "certificate", more: " in ACM" } },
        texts: { domainName: upTo(64, DNS_NAME) }, // the limit of a certificate's common name
        laptop: "real",
        reads: READS,
        writes: [
            "acm:RequestCertificate",
            "acm:ImportCertificate",
            "acm:DeleteCertificate",
            "acm:UpdateCertificateOptions",
            "acm:AddTagsToCertificate",
            "acm:RemoveTagsFromCertificate",
        ],
    },
    "aws:acm/certificateValidation:CertificateValidation": {
        ...PART,
        simulated: PLAIN,
        minutes: 2, // 1:29 to 4:25 after the DNS record exists
        texts: {},
        laptop: "left out",
        reads: READS,
        writes: [],
    },
} satisfies ResourceTypes;
