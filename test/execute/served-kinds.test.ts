import { expect, test } from "vitest";
import { areServedSoon } from "../../src/execute/served-kinds.ts";
import { KubeApiError } from "../../src/kube/api-error.ts";
import { FlotillaError } from "../../src/model/errors.ts";
import type { KindName, ResourceKind } from "../../src/kube/resource-kind.ts";

const { signal } = new AbortController();
const GATEWAYS = { apiVersion: "networking.istio.io/v1", kind: "Gateway", plural: "gateways" };
const SIDECARS = { apiVersion: "networking.istio.io/v1", kind: "Sidecar", plural: "sidecars" };

/** A cluster that serves each of some kinds from a number of questions on. */
function cluster(...served: readonly (readonly [kind: ResourceKind, from: number])[]) {
  let asked = 0;
  return {
    client: {
      resource: async ({ apiVersion, kind }: KindName): Promise<ResourceKind> => {
        asked += 1;
        const found = served.find(
          ([each, from]) => asked > from && each.apiVersion === apiVersion && each.kind === kind,
        );
        if (found) return found[0];
        throw new KubeApiError("api-failed", `There is no kind ${kind}.`, 404, "NotFound", {});
      },
    },
  };
}

const namespaced = (kind: typeof GATEWAYS): ResourceKind => ({ ...kind, namespaced: true });

test("kinds are served soon when all of them come within a second", async () => {
  const run = cluster([namespaced(GATEWAYS), 0], [namespaced(SIDECARS), 4]);
  expect(await areServedSoon(run, [GATEWAYS, SIDECARS], signal)).toBe(true);
});

test("not when one is missing by then", async () => {
  expect(await areServedSoon(cluster([namespaced(GATEWAYS), 0]), [GATEWAYS, SIDECARS], signal)).toBe(false);
});

test("not when the kind that is served is another definition's", async () => {
  const run = cluster([namespaced({ ...GATEWAYS, plural: "doors" }), 0]);
  expect(await areServedSoon(run, [GATEWAYS], signal)).toBe(false);
});

test("not for a release that brings none", async () => {
  expect(await areServedSoon(cluster(), [], signal)).toBe(false);
});

test("not where the cluster does not answer: the wait that follows puts up with that for longer", async () => {
  const client = { resource: () => Promise.reject(new FlotillaError("cluster-unreachable", "It cannot be reached.")) };
  expect(await areServedSoon({ client }, [GATEWAYS], signal)).toBe(false);
});
