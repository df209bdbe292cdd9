import type { Finding } from "../model/finding.ts";
import { helmOwner } from "../model/helm-owner.ts";
import { asObject } from "../model/json.ts";
import type { PinnedRelease } from "../model/lock.ts";
import type { Release } from "../model/stack.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { fewInWords } from "./in-words.ts";
import { minorsBetween } from "./minor-version.ts";

/** Do Istio's CRDs, where there are any, belong to the stack's base? Charts up to 1.23 kept them out of Helm's hands. */
export function checkIstioCrds({ stack, charts, istioCrds }: Facts): readonly Finding[] {
  const base = stack.releases.find(({ role }) => role === "istio-base");
  if (!base || base.adopt || keepsCrdsOut(base, valueOf(charts) ?? [])) return [];
  const foreign = (valueOf(istioCrds) ?? []).filter(({ metadata }) => {
    const owner = helmOwner(metadata);
    return owner?.name !== base.name || owner.namespace !== base.namespace;
  });
  if (foreign.length === 0) return [];
  const owners = new Set(foreign.map(({ metadata }) => helmOwner(metadata)?.name ?? "no Helm release"));
  const { name, namespace } = base;
  return [
    finding(
      "crds-unowned",
      `Istio's CRDs are there and belong to ${fewInWords([...owners])}: ${fewInWords(foreign.map(({ metadata }) => metadata.name))}. Helm refuses to touch them for ${name}.`,
      `Take them over with \`flotilla up --adopt\` (or adopt: true for ${name} in the stack file). By hand: kubectl label crd NAME app.kubernetes.io/managed-by=Helm --overwrite; kubectl annotate crd NAME meta.helm.sh/release-name=${name} meta.helm.sh/release-namespace=${namespace} --overwrite (for all of 1.23 and older: -l chart=istio in place of NAME).`,
    ),
  ];
}

/** The first minor whose base chart has its CRDs among its templates; before, they are in a folder that Helm does not own. */
const FIRST_TEMPLATED = "1.24";

function keepsCrdsOut({ name, values }: Release, charts: readonly PinnedRelease[]): boolean {
  if (asObject(values["base"])["enableCRDTemplates"] === false) return true;
  const version = charts.find(({ release }) => release.name === name)?.chart.version;
  return version !== undefined && (minorsBetween(FIRST_TEMPLATED, version) ?? 0) < 0;
}
