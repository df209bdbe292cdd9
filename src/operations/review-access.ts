import { createSlots } from "../execute/slots.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { type AccessNeed, EVERYTHING } from "../preflight/access-needs.ts";

/** How many questions are asked at the same time. */
const PARALLEL_REVIEWS = 8;

/**
 * Which of the needs the cluster would refuse us (SelfSubjectAccessReview). Nothing is asked one by one where everything
 * is allowed.
 * @param needs worked out only when it matters
 */
export async function reviewAccess(
  client: KubeClient,
  needs: () => Promise<readonly AccessNeed[]>,
  signal: AbortSignal,
): Promise<readonly AccessNeed[]> {
  if (await isAllowed(client, EVERYTHING, signal)) return [];
  const all = await needs();
  const slots = createSlots(PARALLEL_REVIEWS);
  const allowed = await Promise.all(all.map((need) => slots.use(() => isAllowed(client, need, signal), signal)));
  return all.filter((_, index) => !allowed[index]);
}

async function isAllowed(
  client: KubeClient,
  { verb, group, resource, namespace }: AccessNeed,
  signal: AbortSignal,
): Promise<boolean> {
  const review: KubeObject = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    metadata: { name: "" },
    spec: { resourceAttributes: { verb, group, resource, ...(namespace === null ? {} : { namespace }) } },
  };
  return (await client.create(review, signal)).status?.["allowed"] === true;
}

/** Who the cluster takes us for (SelfSubjectReview): a user's name. */
export async function readIdentity(client: KubeClient, signal: AbortSignal): Promise<string> {
  const review = await client.create(
    { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview", metadata: { name: "" } },
    signal,
  );
  return asText(asObject(review.status?.["userInfo"])["username"]) ?? "";
}
