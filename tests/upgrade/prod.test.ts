import { upgrades } from "./upgrade";

upgrades("prod");
