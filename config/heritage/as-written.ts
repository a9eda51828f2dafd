import type { Problem } from "../checks/common";

type Path = Problem["path"];

/** A key of the file as the program has it. */
export const camel = (key: string) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
/** A key as the file has it. Names and variables have no capital behind a small letter. */
export const asWritten = (at: Path): Path =>
    at.map((key) => (typeof key === "string" ? key.replace(/(?<=[a-z0-9])[A-Z]/g, (l) => `_${l.toLowerCase()}`) : key));
