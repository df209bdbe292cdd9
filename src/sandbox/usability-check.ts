import type { SandboxApi } from "./api-client.ts";

const COLLECTION = "/apis/apps/v1/namespaces/kube-system/replicasets";
const NAME = "sandbox-check";

/** Something that is asked again and again until it says true. */
type Condition = (api: SandboxApi) => Promise<boolean>;

/**
 * Has a pod made and removed again. What the API server shows says nothing of the other programs, least of all after a
 * restart, when every object is there already; a pod that gets ready has gone through each of them.
 */
export const USABILITY_CHECK: readonly Condition[] = [
  async (api) => [201, 409].includes(await statusOf(api.call("POST", COLLECTION, REPLICA_SET))),
  async (api) => {
    const answer = await api.call("GET", `${COLLECTION}/${NAME}`).catch(() => null);
    return answer?.status === 200 && readyReplicas(answer.body) === 1;
  },
  // In the foreground: the set is there until its pod is gone.
  async (api) => (await statusOf(api.call("DELETE", `${COLLECTION}/${NAME}?propagationPolicy=Foreground`))) < 500,
  async (api) => (await statusOf(api.call("GET", `${COLLECTION}/${NAME}`))) === 404,
];

const REPLICA_SET = {
  metadata: { name: NAME },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: NAME } },
    template: { metadata: { labels: { app: NAME } }, spec: { containers: [{ name: "check", image: "none" }] } },
  },
};

async function statusOf(answer: Promise<{ readonly status: number }>): Promise<number> {
  return answer.then(
    ({ status }) => status,
    () => 599,
  );
}

function readyReplicas(body: string): unknown {
  const { status } = JSON.parse(body) as { readonly status?: { readonly readyReplicas?: unknown } };
  return status?.readyReplicas;
}
