#!/usr/bin/env node
"use strict";
// The command line. Its TypeScript is loaded by sucrase, also where this package is below another project's node_modules.
const path = require("node:path");
const { registerTS } = require("sucrase/dist/register");

const root = path.join(__dirname, "..");
const isOurs = (file) => !path.relative(root, file).split(path.sep).includes("node_modules");
registerTS({ ignoreNodeModules: false, matcher: isOurs });
require("../automation/plan/transpiled-once"); // keeps what sucrase made of a file
require("../automation/plan/without-closures");
const { IDENTITY } = require("../automation/commands");
const { runProcess } = require("../automation/commands/cli/process");

runProcess(process.argv.slice(2), IDENTITY);
