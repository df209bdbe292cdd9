import { until } from "./until.ts";

/**
 * Asks until the answer is as wanted, and gives the last one. `up` is done when the cluster calls everything ready; a mesh's
 * proxies learn of new endpoints, routes and certificates from istiod a moment later, as kube-proxy does of Services.
 */
export async function settle<Answer>(
  ask: () => Promise<Answer>,
  isWanted: (answer: Answer) => boolean,
  ms = 20_000,
): Promise<Answer> {
  let last: { readonly answer: Answer } | { readonly error: unknown } | null = null;
  await until(async () => {
    try {
      const answer = await ask();
      last = { answer };
      return isWanted(answer);
    } catch (error) {
      last = { error };
      return false;
    }
  }, ms);
  const seen = last as { readonly answer: Answer } | { readonly error: unknown } | null;
  if (seen !== null && "answer" in seen) return seen.answer;
  throw seen?.error;
}
