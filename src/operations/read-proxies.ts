import { isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { FlotillaError } from "../model/errors.ts";
import { asList, asObject, type JsonObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { OutdatedProxies } from "../model/proxies.ts";
import { outdatedProxies } from "../preflight/outdated-proxies.ts";
import { listIstiods } from "./list-facts.ts";

/**
 * The proxies in some namespaces that are of another version than their control plane. None where that may not be looked
 * at, or there is no Istio.
 */
export async function readOutdatedProxies(
  client: KubeClient,
  namespaces: readonly string[],
  signal: AbortSignal,
): Promise<readonly OutdatedProxies[]> {
  try {
    const istiods = await listIstiods(client, signal);
    if (istiods.length === 0) return [];
    const pods = await Promise.all([...new Set(namespaces)].map((namespace) => listProxies(client, namespace, signal)));
    return outdatedProxies(pods.flat(), istiods);
  } catch (error) {
    if (isMissing(error) || (error instanceof FlotillaError && error.code === "forbidden")) return [];
    throw error;
  }
}

/** Pods that are not over; of each who made it, and its images. */
async function listProxies(client: KubeClient, namespace: string, signal: AbortSignal): Promise<readonly KubeObject[]> {
  const fieldSelector = "status.phase!=Succeeded,status.phase!=Failed";
  const options = { fieldSelector, project: onlyImages };
  return (await client.list({ apiVersion: "v1", kind: "Pod" }, namespace, options, signal)).items;
}

function onlyImages({ apiVersion, kind, metadata, spec = {} }: KubeObject): KubeObject {
  const { name, namespace, labels, annotations, ownerReferences, deletionTimestamp } = metadata;
  const images = (containers: unknown): readonly JsonObject[] =>
    asList(containers).map((each) => {
      const container = asObject(each);
      return { name: container["name"], image: container["image"] };
    });
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
      ...(ownerReferences !== undefined && { ownerReferences }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    },
    spec: { containers: images(spec["containers"]), initContainers: images(spec["initContainers"]) },
  };
}
