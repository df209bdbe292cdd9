export { type Selection, selectSteps as selectPlan } from "../plan/select.ts";
