/** Keys and certificates of the stack's own authority, made in the program's own process. */
import { PART, type ResourceTypes } from "./resource-type";
import { computed, digits } from "./simulated";

const VALUE = { ...PART, minutes: 0, texts: {}, laptop: "real", reads: [], writes: [] } as const;

const CERTIFICATE = computed(({ name }) => ({
    certPem: `simulated certificate ${digits(name, 32)}`,
    validityStartTime: "2026-01-01T00:00:00Z",
}));

export const TLS = {
    "tls:index/certRequest:CertRequest": {
        ...VALUE,
        simulated: computed(({ name }) => ({ certRequestPem: `simulated request ${digits(name, 32)}` })),
    },
    "tls:index/locallySignedCert:LocallySignedCert": { ...VALUE, simulated: CERTIFICATE },
    "tls:index/privateKey:PrivateKey": {
        ...VALUE,
        simulated: computed(({ name }) => ({ privateKeyPem: `simulated key ${digits(name, 32)}` })),
    },
    "tls:index/selfSignedCert:SelfSignedCert": { ...VALUE, simulated: CERTIFICATE },
} satisfies ResourceTypes;
