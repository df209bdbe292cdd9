import type { RunContext } from "../model/context.ts";
import type { Stack } from "../model/stack.ts";
import { classify } from "../plan/classify.ts";
import type { InstalledRelease } from "../preflight/facts.ts";
import { RecordStore } from "../state/record-store.ts";
import type { Cluster } from "./connect-cluster.ts";
import { mayBeAlive } from "./create-plan.ts";
import { installedChartVersion } from "./installed-chart.ts";
import { findRelease, observeNamespaces } from "./observe-stack.ts";

/** The stack's releases that are there: whose they are, and for Istio's control plane of which version. */
export async function judgeInstalled(
  stack: Stack,
  cluster: Cluster,
  { signal }: RunContext,
): Promise<readonly InstalledRelease[]> {
  const { client } = cluster;
  const namespaces = stack.releases.map(({ namespace }) => namespace);
  const [{ record }, observed] = await Promise.all([
    RecordStore.open(client, stack.stateNamespace, stack.name, signal),
    observeNamespaces(client, namespaces, signal),
  ]);
  const found = await Promise.all(
    stack.releases.map(async (release): Promise<InstalledRelease | null> => {
      const there = findRelease(observed, release);
      if (there === null || there.status === "uninstalled") return null;
      const { name, namespace, role } = release;
      return {
        release: name,
        namespace,
        chartVersion: role === "istiod" ? await installedChartVersion(client, there, signal) : null,
        refusal: refusalOf(
          classify({
            stack: stack.name,
            name,
            namespace,
            // Whether it has changed does not matter here.
            inputsHash: "",
            observed: there,
            recorded: record.releases[name] ?? null,
            ownerAlive: await mayBeAlive(record.releases[name] ?? null, stack, cluster, signal),
            adopt: release.adopt,
            takeOver: false,
          }),
        ),
      };
    }),
  );
  return found.flatMap((each) => each ?? []);
}

function refusalOf(classified: ReturnType<typeof classify>): InstalledRelease["refusal"] {
  if (classified.action !== "refused") return null;
  const { code, message, hint } = classified;
  return { code, message, hint };
}
