import type { Problem } from "../checks/common";
import { pathInFile } from "../snake-case";
import { heritageSchema } from "./schema";

type Path = Problem["path"];

/** A path within a heritage's file, as the file has it. */
export const pathInHeritageFile = (at: Path): Path => pathInFile(at, heritageSchema);

/** The same for a path in the configuration, where a heritage's begins with `heritages` and its name. */
export const placeAsWritten = (path: Path): Path =>
    path[0] === "heritages" ? [...path.slice(0, 2), ...pathInHeritageFile(path.slice(2))] : path;
