import { comesUpAndGoes } from "./everything";

comesUpAndGoes("everything-dev");
