import type { Finding } from "../model/finding.ts";
import type { Facts } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { istioVersions } from "./istio-versions.ts";
import { minorOf, minorsBetween } from "./minor-version.ts";

/** Is it a step that Istio supports, from what is installed to what is wanted? (istio.io, "In-place upgrades") */
export function checkIstioSkew(facts: Facts): readonly Finding[] {
  const { wanted, installed } = istioVersions(facts);
  const steps = wanted === null || installed === null ? null : minorsBetween(installed, wanted);
  if (wanted === null || installed === null || steps === null) return [];
  if (steps > 1) {
    return [
      finding(
        "istio-skips-minor",
        `Istio ${installed} is installed and ${wanted} is wanted: an upgrade in place goes through every minor.`,
        `Set \`istio.version\` to the minor after ${minorOf(installed)} first, run \`flotilla lock\` and \`flotilla up\`, and go on from there.`,
      ),
    ];
  }
  if (steps >= 0) return [];
  return [
    finding(
      "istio-downgrade",
      `Istio ${installed} is installed and the older ${wanted} is wanted: gateways and sidecars must never be ahead of istiod.`,
      "Bring gateways and sidecars down first, or keep the version that is installed.",
    ),
  ];
}
