import type { KubeClient } from "../kube/kube-client.ts";
import { hasSameContent } from "../manifest/secret-content.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { STACK_LABEL } from "../model/observed.ts";
import type { Namespace, SecretName, Stack } from "../model/stack.ts";
import type { StalePullSecret } from "../plan/build.ts";

/** The Secrets of a namespace's `pullSecretsFrom` that are not there as they should be. */
export async function observePullSecrets(
  client: KubeClient,
  { name: namespace, pullSecretsFrom }: Namespace,
  signal: AbortSignal,
): Promise<readonly StalePullSecret[]> {
  const looks = await Promise.all(
    pullSecretsFrom.map(async (from) => {
      const [source, copy] = await Promise.all([
        readSecret(client, from, signal),
        readSecret(client, { namespace, name: from.name }, signal),
      ]);
      if (source === null) return { from, why: "source-missing" } as const;
      if (copy === null) return { from, why: "missing" } as const;
      return hasSameContent(source, copy) ? null : ({ from, why: "different" } as const);
    }),
  );
  return looks.filter((look) => look !== null);
}

/** The copies that a stack has put into its namespaces. */
export async function copiedSecrets(
  client: KubeClient,
  { name: stack, namespaces }: Stack,
  signal: AbortSignal,
): Promise<readonly SecretName[]> {
  const places = namespaces.flatMap(({ name: namespace, pullSecretsFrom }) =>
    pullSecretsFrom.map(({ name }) => ({ namespace, name })),
  );
  const found = await Promise.all(
    places.map(async (place) => {
      const secret = await readSecret(client, place, signal);
      return secret?.metadata.labels?.[STACK_LABEL] === stack ? [place] : [];
    }),
  );
  return found.flat();
}

function readSecret(
  client: KubeClient,
  { namespace, name }: SecretName,
  signal: AbortSignal,
): Promise<KubeObject | null> {
  return client.get({ apiVersion: "v1", kind: "Secret", namespace, name }, signal);
}
