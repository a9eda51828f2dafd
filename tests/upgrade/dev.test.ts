import { upgrades } from "./upgrade";

upgrades("dev");
