import type { Finding } from "../model/finding.ts";
import { asList, asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { Release } from "../model/stack.ts";
import { clusterPlatform } from "./cluster-platform.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { fewInWords, inWords } from "./in-words.ts";
import { podSpecOf } from "./pods-of.ts";

/** OpenShift asks two things of charts: that Istio's know where they are, and that pods ask for no user of their own. */
export function checkOpenshift(facts: Facts): readonly Finding[] {
  return clusterPlatform(facts) === "openshift" ? [...untold(facts), ...fixedUsers(facts)] : [];
}

/** istio.io, "OpenShift"; istio manifests/helm-profiles/platform-openshift.yaml. */
function untold({ stack }: Facts): readonly Finding[] {
  const releases = stack.releases.filter((release) => release.role !== null && !isTold(release));
  if (releases.length === 0) return [];
  const names = inWords(releases.map(({ name }) => name));
  return [
    finding(
      "openshift-platform",
      `The cluster is OpenShift, and the charts of ${names} are not told: their pods ask for users and capabilities that it refuses.`,
      "Set `profile: openshift` in the environment, or `global.platform: openshift` in the values of each.",
    ),
  ];
}

function isTold({ values }: Release): boolean {
  return values["platform"] === "openshift" || asObject(values["global"])["platform"] === "openshift";
}

/**
 * The constraint restricted-v2 gives each namespace a range of users, and refuses all others (docs.openshift.com,
 * "Managing security context constraints"). Istio's charts leave the user away when they are told.
 */
function fixedUsers({ stack, rendered }: Facts): readonly Finding[] {
  const found = (valueOf(rendered) ?? []).flatMap(({ release, objects }) => {
    const isIstio = stack.releases.some(({ name, role }) => name === release && role !== null);
    return isIstio ? [] : (valueOf(objects) ?? []).filter(asksForUser).map((object) => ({ release, object }));
  });
  if (found.length === 0) return [];
  const names = found.map(({ release, object }) => `${object.kind} ${object.metadata.name} of ${release}`);
  return [
    finding(
      "openshift-user",
      `Pods ask for a fixed user or group, which OpenShift's default constraint refuses: ${fewInWords(names)}.`,
      "Set runAsUser, runAsGroup and fsGroup to null in the values; or `oc adm policy add-scc-to-user nonroot-v2 -z SERVICEACCOUNT`.",
    ),
  ];
}

function asksForUser(object: KubeObject): boolean {
  const spec = podSpecOf(object);
  if (spec === null) return false;
  const containers = [...asList(spec["containers"]), ...asList(spec["initContainers"])].map(asObject);
  return [spec, ...containers].some((each) => {
    const { runAsUser, runAsGroup, fsGroup } = asObject(each["securityContext"]);
    return [runAsUser, runAsGroup, fsGroup].some((id) => typeof id === "number");
  });
}
