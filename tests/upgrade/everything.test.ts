import { upgrades } from "./upgrade";

upgrades("everything");
