import { defineCommand, type InputOf } from "./cli/define";

export type ConvertInput = InputOf<typeof convert>;
export const convert = defineCommand({
    summary: "writes a heritage file out of a compose file, a Copilot manifest and the like",
    description: `
Reads docker-compose.yml, a Copilot manifest with its addons, barcelona.yml, a Procfile with app.json, render.yaml, fly.toml, or a
task definition as JSON, and writes heritages/<name>.yml: a file for each image. What could not be carried over, and what means
another thing here, is named on the screen and in comments where it belongs.

Values of secrets are not copied: they become \`set: {}\`, with the command that sets them.`,
    options: {
        name: { value: "name", help: "the heritage's name; otherwise the one that the file has, or its folder's" },
        environment: {
            value: "name",
            help: "one of the file's own environments, e.g. of a Copilot manifest, or a compose file's profile; otherwise the file's defaults, and what it says of dev and prod under environments",
        },
        stdout: { help: "print the files and write none" },
    },
    arguments: { file: { required: true, help: "the file, or the folder that it is in" } },
    notes: `
The image has to be there before a plan: a digest in the place of a tag, or the folder with the Dockerfile. A heritage file that
exists is not written over.`,
    examples: [
        ["npx identity convert ../shop", "writes heritages/shop.yml out of what the folder has"],
        ["npx identity convert ../shop/docker-compose.yml --name shop --stdout", "prints it"],
    ],
    exitCodes: {
        0: "all of the file was carried over",
        2: "the arguments are wrong, or the file is of none of these kinds",
        3: "something is left to do, and named",
    },
    signals: [],
    run: async (input, context): Promise<number> => (await import("./convert/show")).showConverted(input, context),
});
