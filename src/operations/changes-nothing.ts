export { changesNothing } from "../plan/summary.ts";
