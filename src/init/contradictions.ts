import type { Answers } from "./answers.ts";
import { isExample } from "./example.ts";
import { flagName } from "./flag-name.ts";
import type { InitFlags } from "./init-flags.ts";

/** Flags that say something of a part of the stack that other flags leave out; null when all go together. */
export function contradiction(flags: InitFlags, answers: Answers): string | null {
  const { istio, gateways, app } = answers;
  const clashes: readonly (readonly [when: boolean, flags: readonly (keyof InitFlags)[], why: string])[] = [
    [
      istio === false,
      ["istioVersion", "mode", "gateways", "port", "exposure"],
      "says how Istio shall be, and --no-istio leaves it out",
    ],
    [istio === false && flags.mesh === true, ["mesh"], "needs Istio, and --no-istio leaves it out"],
    [
      gateways !== undefined && !gateways.includes("ingress"),
      ["port", "exposure"],
      "is about the ingress gateway, which --gateways leaves out",
    ],
    [app === null, ["release", "namespace", "chartVersion", "mesh"], "is about the app, and --app none leaves it out"],
    [!hasVersions(app), ["chartVersion"], "is for charts of repositories and registries; a folder has one version"],
  ];
  for (const [when, names, why] of clashes) {
    const given = when ? names.find((name) => flags[name] !== undefined) : undefined;
    if (given !== undefined) return `${flagName(given)} ${why}`;
  }
  return null;
}

/** Whether there is a version to choose; true as long as nobody has said which chart. */
function hasVersions(app: Answers["app"]): boolean {
  if (app === undefined || app === null) return true;
  if (isExample(app)) return false;
  return typeof app !== "string" || (app.startsWith("oci://") && !app.includes("@sha256:"));
}
