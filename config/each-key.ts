/** A value for each key of the schema: a key without a default does not compile. */
export type EachKey<Input> = Record<keyof NonNullable<Input>, unknown>;
