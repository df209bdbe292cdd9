import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { PLATFORMS } from "../../src/catalog/platforms.ts";
import type { Release } from "../../src/model/stack.ts";
import { inOneLine, read, type Reading } from "./reading.ts";

const profiles = Object.fromEntries(
  PLATFORMS.map((name) => [name, readFileSync(new URL(`../../values/${name}.yaml`, import.meta.url), "utf8")]),
);

const mesh = (profile: string, istio = ""): string => `apiVersion: flotilla/v1
stack: mesh
environments: { here: { profile: ${profile} } }
istio:
  gateways:
    quiet: { role: ingress, namespace: gw }
    inside: { role: ingress, namespace: gw, exposure: internal }
    outside: { role: ingress, namespace: gw, exposure: public }
    out: { role: egress, namespace: gw }
${istio}`;

async function releases(text: string, reading: Reading = {}): Promise<Record<string, Release>> {
  const { stack } = await read(text, { profiles, ...reading });
  return Object.fromEntries(stack.releases.map((release) => [release.name, release]));
}

function annotations(release: Release | undefined): unknown {
  return (release?.values["service"] as { annotations?: unknown } | undefined)?.annotations;
}

test.each(PLATFORMS)("the profile %s loads", async (profile) => {
  const { stack } = await read(mesh(profile, "  mode: ambient\n"), { profiles });
  expect(stack.environment.profile).toBe(profile);
});

describe.each([
  ["aks", { "service.beta.kubernetes.io/azure-load-balancer-internal": "true" }, undefined],
  [
    "eks",
    { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" },
    { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
  ],
  ["gke", { "networking.gke.io/load-balancer-type": "Internal" }, { "cloud.google.com/l4-rbs": "enabled" }],
])("on %s", (profile, internal, outside) => {
  test("gateways are internal unless they are said to be public", async () => {
    const all = await releases(mesh(profile));
    expect(annotations(all["quiet"])).toMatchObject(internal);
    expect(annotations(all["inside"])).toEqual(annotations(all["quiet"]));
    if (outside) expect(annotations(all["outside"])).toMatchObject(outside);
    expect(JSON.stringify(all["outside"]?.values)).not.toContain(JSON.stringify(internal).slice(1, -1));
    expect(annotations(all["out"])).toBeUndefined();
  });

  test("exposure brings no warning", async () => {
    expect((await read(mesh(profile), { profiles })).warnings).toEqual([]);
  });
});

test("role lies below exposure, exposure below the gateway's name, and all below the stack file", async () => {
  const layered = `gateways:
  ingress: { a: role, b: role, c: role, d: role }
  internal: { b: exposure, c: exposure, d: exposure }
  public: { b: public }
  egress: { a: egress }
releases: { inside: { c: name, d: name } }
`;
  const text = mesh("kind").replace("exposure: internal }", "exposure: internal, values: { d: file } }");
  const all = await releases(text, { profiles: { kind: layered } });
  expect(all["inside"]?.values).toMatchObject({ a: "role", b: "exposure", c: "name", d: "file" });
  expect(all["outside"]?.values).toMatchObject({ a: "role", b: "public", c: "role" });
  expect(all["out"]?.values).toMatchObject({ a: "egress" });
});

describe("where exposure cannot be kept", () => {
  test("on OpenShift, it is said when it is asked for", async () => {
    expect((await read(mesh("openshift"), { profiles })).warnings.map(inOneLine)).toEqual(
      [7, 8].map((line) =>
        expect.stringMatching(
          new RegExp(`^warning flotilla.yaml:${line}:.* exposure has no effect: on openshift, who reaches`),
        ),
      ),
    );
  });

  test("of an egress gateway, it is said", async () => {
    const text = mesh("gke").replace("out: { role: egress,", "out: { role: egress, exposure: internal,");
    expect((await read(text, { profiles })).warnings.map(inOneLine)).toEqual([
      'warning flotilla.yaml:9:26 exposure has no effect: "out" is an egress gateway, which has no load balancer | remove it',
    ]);
  });
});

describe("OpenShift", () => {
  test("has cni in kube-system without being asked, before the gateways, and tells every chart", async () => {
    const all = await releases(mesh("openshift"));
    expect(Object.keys(all)).toEqual(["istio-base", "istiod", "istio-cni", "quiet", "inside", "outside", "out"]);
    expect(all["istio-cni"]).toMatchObject({ namespace: "kube-system", role: "istio-cni", needs: ["istiod"] });
    expect(all["quiet"]?.needs).toEqual(["istiod", "istio-cni"]);
    for (const { values } of Object.values(all)) expect(values["global"]).toMatchObject({ platform: "openshift" });
  });

  test("has ztunnel there too, which istiod then trusts", async () => {
    const all = await releases(mesh("openshift", "  mode: ambient\n"));
    expect(all["ztunnel"]).toMatchObject({ namespace: "kube-system", needs: ["istiod", "istio-cni"] });
    expect(all["istiod"]?.values).toMatchObject({ profile: "ambient", trustedZtunnelNamespace: "kube-system" });
  });

  test("lets other environments name its cni, which they go without", async () => {
    const text = `${mesh("kind").replace("here: {", "there: { profile: openshift }, here: {")}releases:
  - { name: app, namespace: shop, chart: ./app, needs: [istio-cni] }
`;
    const here = await releases(text, { environment: "here" });
    expect(Object.keys(here)).not.toContain("istio-cni");
    expect(here["app"]?.needs).toEqual([]);
    expect((await releases(text))["app"]?.needs).toEqual(["istio-cni"]);
  });
});
