import * as z from "zod";
import type { JsonObject } from "../model/json.ts";
import { DURATION } from "../model/durations.ts";
import { DNS_LABEL, LABEL_RULE, LONGEST_LABEL, LONGEST_RELEASE } from "./names.ts";

/** A name in the form of a DNS label. `what` ("a release") opens the message when it is none. */
export function dnsLabel(what: string, longest = what === "a release" ? LONGEST_RELEASE : LONGEST_LABEL): z.ZodString {
  const message = `the name of ${what} is a DNS label: ${LABEL_RULE}, at most ${longest} characters`;
  return z.string().max(longest, message).regex(DNS_LABEL, message);
}

/** A semver range. That it is one is checked apart (rule-versions.ts): no regular expression could. */
export const range = z.string().describe('A semver range, such as "~1.31.0" or ">=1.2 <2".');

/** A duration. */
export const duration = z
  .string()
  .regex(DURATION, "a duration is a number with a unit: 90s, 10m, 1h30m")
  .describe("How long a release may take to get ready: 90s, 10m, 1h30m. By default 5m.");

/** Labels or annotations: text to text. */
export const labels = z.record(z.string(), z.string());

/**
 * Values of a chart: any mapping. What has come through the YAML reader is JSON already, so that it need not be looked
 * through again; the cast says just that.
 */
export const values = z.record(z.string(), z.unknown()).describe("Values for the chart.") as unknown as z.ZodType<
  JsonObject,
  JsonObject
>;
