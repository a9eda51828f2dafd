#!/usr/bin/env node
"use strict";
// The command line. TypeScript is loaded by sucrase, and what sucrase made of each file is kept for the next time.
require("sucrase/register/ts");
require("../automation/plan/transpiled-once");
require("../automation/plan/without-closures");
const { IDENTITY } = require("../automation/commands");
const { runProcess } = require("../automation/commands/cli/process");

runProcess(process.argv.slice(2), IDENTITY);
