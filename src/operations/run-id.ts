import { randomBytes } from "node:crypto";

/** A run's name: sorts by time, and two at the same second differ: `20261123-200517-3fa9`. */
export function newRunId(now: Date): string {
  const [day = "", time = ""] = now.toISOString().replaceAll(/[-:]/g, "").split("T");
  return `${day}-${time.slice(0, 6)}-${randomBytes(2).toString("hex")}`;
}
