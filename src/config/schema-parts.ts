import * as z from "zod";
import type { JsonObject } from "../model/json.ts";
import { DIAGNOSIS_CODES } from "../model/diagnosis.ts";
import { DURATION } from "../model/durations.ts";
import { DNS_LABEL, LABEL_RULE, LONGEST_LABEL, LONGEST_RELEASE } from "../model/names.ts";

/** A name in the form of a DNS label. `what` ("a release") opens the message when it is none. */
export function dnsLabel(what: string, longest = what === "a release" ? LONGEST_RELEASE : LONGEST_LABEL): z.ZodString {
  const message = `the name of ${what} is a DNS label: ${LABEL_RULE}, at most ${longest} characters`;
  return z.string().max(longest, message).regex(DNS_LABEL, message);
}

/**
 * A mapping whose keys are names. That they are DNS labels is checked apart (rule-names.ts): zod would leave the value of
 * a key that is none unread, and with it all that is wrong there.
 */
export function byName<Value extends z.ZodType>(
  what: string,
  value: Value,
  longest?: number,
): z.ZodRecord<z.ZodString, Value> {
  const { $schema: _draft, ...propertyNames } = z.toJSONSchema(dnsLabel(what, longest));
  return z.record(z.string(), value).meta({ propertyNames });
}

/** A semver range. That it is one is checked apart (rule-versions.ts): no regular expression could. */
export const range = z.string().describe('A semver range, such as "~1.31.0" or ">=1.2 <2".');

/** A duration. */
export const duration = z
  .string()
  .regex(DURATION, "a duration is a number with a unit: 90s, 10m, 1h30m")
  .describe("How long a release may take to get ready: 90s, 10m, 1h30m. By default 5m.");

/** A duration, or the word for "only at the release's own time-out". */
const GIVE_UP_AFTER = new RegExp(`${DURATION.source}|^never$`);

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

/** Whether a release takes fields from others. */
export const forceConflicts = z
  .boolean()
  .describe(
    "True: fields of its objects that other managers hold are taken over, where Helm 4 applies on the server's side. By default they are named and nothing is changed.",
  );

/** How long what is wrong is put up with, by the code of the diagnosis. */
export const giveUp = z
  .strictObject(
    Object.fromEntries(
      DIAGNOSIS_CODES.map((code) => [
        code,
        z
          .string()
          .regex(GIVE_UP_AFTER, "it is a duration (0s, 90s, 10m) or never")
          .optional()
          .describe("How long a wait goes on once this shows: 0s, 90s, 10m, or never."),
      ]),
    ),
  )
  .describe("When to give up waiting, by the code of the diagnosis.");

const RANGE = /^[0-9A-Fa-f.:]+(\/[0-9]{1,3}|-[0-9A-Fa-f.:]+)$/;

const addresses = z
  .string()
  .regex(RANGE, "addresses are a range (192.168.49.200-192.168.49.250) or a subnet (192.168.49.192/26)");

/** Where the addresses of load balancers come from, as an environment says it. */
export const addressPool = z
  .union([z.enum(["auto", "tunnel"]), z.array(addresses).min(1, "name at least one range")])
  .describe(
    "Where load balancers get their addresses, with MetalLB among the releases. auto: a free part of the nodes' own subnet (minikube, kind). A list of ranges or subnets. tunnel: minikube tunnel or cloud-provider-kind gives them, and MetalLB is left out.",
  );

/** What it can be. */
export type AddressPool = z.infer<typeof addressPool>;
