import type { ConfigProblem } from "../model/errors.ts";
import type { Profile } from "./schema-profile.ts";
import type { RuleInput } from "./shaped-stack.ts";

/**
 * Warns where `exposure` is written and changes nothing: it then may well be that a load balancer is public which should
 * not be.
 * @param name the profile's
 */
export function unclearExposure(
  { source, stack, environment }: RuleInput,
  name: string | null,
  profile: Profile,
): ConfigProblem[] {
  return Object.entries(stack.istio?.gateways ?? {}).flatMap(([gateway, { role, exposure }]) => {
    if (exposure === undefined) return [];
    const warn = (why: string, hint: string): ConfigProblem[] => [
      source.problem(["istio", "gateways", gateway, "exposure"], "key", {
        severity: "warning",
        message: `exposure has no effect: ${why}`,
        hint,
      }),
    ];
    if (role === "egress") return warn(`"${gateway}" is an egress gateway, which has no load balancer`, "remove it");
    const hint = "what it means depends on the platform; set profile, or the service's annotations in values";
    if (name === null) return warn(`the environment "${environment.name}" names no profile`, hint);
    if (profile.gateways?.[exposure] !== undefined) return [];
    return warn(`on ${name}, who reaches a load balancer depends on what it runs on`, SERVICE_HINT);
  });
}

const SERVICE_HINT = "set the annotations of the cloud's load balancer in the gateway's values (service.annotations)";
