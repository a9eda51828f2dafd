/** Passwords and keys, made in the program's own process. */
import { PART, type ResourceTypes } from "./resource-type";
import { computed, digits } from "./simulated";

const VALUE = { ...PART, minutes: 0, texts: {}, reads: [], writes: [] } as const;

export const RANDOM = {
    "random:index/randomId:RandomId": {
        ...VALUE,
        simulated: computed(({ name, inputs }) => ({ hex: digits(name, 2 * Number(inputs.byteLength)) })),
        laptop: "left out", // one that follows from its name does as well
    },
    "random:index/randomPassword:RandomPassword": {
        ...VALUE,
        simulated: computed(({ name }) => ({ result: `simulated-${digits(name, 32)}` })),
        laptop: "real",
    },
} satisfies ResourceTypes;
