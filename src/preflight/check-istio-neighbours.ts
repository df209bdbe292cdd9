import { madeByIstioctl } from "../catalog/istioctl-marks.ts";
import type { Finding } from "../model/finding.ts";
import { helmOwner } from "../model/helm-owner.ts";
import { asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Release } from "../model/stack.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { fewInWords } from "./in-words.ts";

/** The revision of an istiod that names none. */
const DEFAULT_REVISION = "default";

/** Is there another Istio, beside the stack's own or in its place? */
export function checkIstioNeighbours(facts: Facts): readonly Finding[] {
  const istiod = facts.stack.releases.find(({ role }) => role === "istiod");
  if (!istiod) return [];
  return [...otherIstiods(istiod, facts), ...operators(facts), ...(istiod.adopt ? [] : istioctlObjects(facts))];
}

function otherIstiods(own: Release, { istiods }: Facts): readonly Finding[] {
  const revision = asText(own.values["revision"]) || DEFAULT_REVISION;
  const others = (valueOf(istiods) ?? []).filter((deployment) => !belongsTo(deployment, own));
  return others.map((deployment) => {
    const { name, namespace = "", labels = {} } = deployment.metadata;
    const theirs = labels["istio.io/rev"] ?? DEFAULT_REVISION;
    const what = `Another istiod runs: Deployment ${name} in namespace ${namespace}${madeBy(deployment)}, revision ${theirs}${imageOf(deployment)}.`;
    return theirs === revision
      ? finding(
          "istio-conflict",
          `${what} It serves the same revision as the stack's.`,
          "Remove one of the two, or leave `istio` out of the stack to use the one that is there.",
        )
      : finding("istio-other-revision", what, "Nothing, when it is meant to be there, as in a canary upgrade.");
  });
}

function belongsTo({ metadata }: KubeObject, { name, namespace, adopt }: Release): boolean {
  const owner = helmOwner(metadata);
  if (owner === null && adopt) return metadata.namespace === namespace;
  return owner?.name === name && owner.namespace === namespace;
}

function madeBy({ metadata }: KubeObject): string {
  const owner = helmOwner(metadata);
  if (owner !== null) return ` (Helm release ${owner.name} in ${owner.namespace})`;
  return madeByIstioctl(metadata) ? " (made by istioctl)" : "";
}

function imageOf({ spec }: KubeObject): string {
  const pod = asObject(asObject(spec?.["template"])["spec"]);
  const containers = pod["containers"];
  const image = Array.isArray(containers) ? asText(asObject(containers[0])["image"]) : null;
  return image === null ? "" : `, image ${image}`;
}

function operators({ istioOperators }: Facts): readonly Finding[] {
  const found = valueOf(istioOperators) ?? [];
  if (found.length === 0) return [];
  const names = found.map(({ metadata: { name, namespace } }) => `${namespace ?? ""}/${name}`);
  return [
    finding(
      "istio-operator",
      `There are IstioOperator objects: ${fewInWords(names)}. An operator that is still at work undoes what Helm does.`,
      "Remove the operator and its objects; Istio has had none since 1.24.",
    ),
  ];
}

function istioctlObjects({ istioObjects }: Facts): readonly Finding[] {
  const found = (valueOf(istioObjects) ?? []).filter(({ metadata }) => madeByIstioctl(metadata));
  if (found.length === 0) return [];
  const names = found.map(
    ({ kind, metadata: { name, namespace } }) => `${kind} ${namespace ? `${namespace}/` : ""}${name}`,
  );
  return [
    finding(
      "istioctl-objects",
      `istioctl has made objects that no Helm release owns: ${fewInWords(names)}. Helm refuses to take over those that it would make too.`,
      "Take them over with `flotilla up --adopt` (or `adopt: true` in the stack file), which deletes nothing; or remove them with `istioctl uninstall --purge`.",
    ),
  ];
}
