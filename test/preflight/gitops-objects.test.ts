import { expect, test } from "vitest";
import { gitopsObjects } from "../../src/preflight/gitops-objects.ts";
import { object } from "./samples.ts";

const RELEASES = [{ name: "app", namespace: "shop" }];
const FLUX = { "helm.toolkit.fluxcd.io/name": "shop", "helm.toolkit.fluxcd.io/namespace": "flux-system" };
const ARGO = { "argocd.argoproj.io/tracking-id": "shop-prod:apps/Deployment:shop/app" };
const deployment = (name: string, labels = {}, annotations = {}, namespace = "shop"): ReturnType<typeof object> =>
  object("Deployment", { name, namespace, labels, annotations });

test.for<readonly [string, ReturnType<typeof object>, string | null]>([
  [
    "Flux's Helm controller, by the release's mark",
    deployment("web", FLUX, { "meta.helm.sh/release-name": "app" }),
    "Flux (HelmRelease flux-system/shop)",
  ],
  [
    "Flux's Kustomize controller, by name",
    deployment("app", { "kustomize.toolkit.fluxcd.io/name": "apps" }),
    "Flux (Kustomization apps)",
  ],
  [
    "Argo CD, by the instance label",
    deployment("web", { "app.kubernetes.io/instance": "app" }, ARGO),
    "Argo CD (Application shop-prod)",
  ],
  ["nobody's", deployment("app", { "app.kubernetes.io/instance": "app" }), null],
  ["of something else in the namespace", deployment("other", FLUX), null],
  ["of the same name elsewhere", deployment("app", FLUX, {}, "mall"), null],
])("%s", ([, given, owner]) => {
  expect(gitopsObjects(RELEASES, [given])[0]?.owner ?? null).toBe(owner);
});
