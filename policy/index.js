/* eslint-disable no-undef, @typescript-eslint/no-require-imports */
// Whatever PulumiPolicy.yaml says, Pulumi has registered ts-node by now, which would check types. The pack is loaded as the program
// is: by sucrase, with the project's own node_modules.
delete require.extensions[".ts"];
require("sucrase/register/ts");
require("./pack");
