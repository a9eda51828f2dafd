/**
 * Writes build/stack.schema.json and build/heritage.schema.json, by which an editor completes and checks Pulumi.<stack>.yaml and
 * heritages/<name>.yml. Runs after `npm ci`.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { heritageJsonSchema, stackJsonSchema } from "./json-schema";

const build = path.join(__dirname, "..", "build");
mkdirSync(build, { recursive: true });
for (const [name, schema] of Object.entries({ stack: stackJsonSchema(), heritage: heritageJsonSchema() })) {
    writeFileSync(path.join(build, `${name}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
