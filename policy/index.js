/* eslint-disable no-undef, @typescript-eslint/no-require-imports */
// Pulumi has registered ts-node by now, whatever PulumiPolicy.yaml says; it would check types. Like the program, the pack is loaded by
// sucrase, with the project's own node_modules.
delete require.extensions[".ts"];
require("sucrase/register/ts");
require("./pack");
