import { describe, expect, test } from "vitest";
import type { Release } from "../../src/model/stack.ts";
import { inOneLine, problemsOf, read } from "./reading.ts";

const stack = (environment: string, more = ""): string => `apiVersion: flotilla/v1
stack: net
environments:
  here: { ${environment} }
releases:
  - { name: lb, namespace: metallb-system, chart: { source: https://metallb.github.io/metallb, name: metallb } }
  - { name: pki, namespace: pki, chart: oci://quay.io/jetstack/charts/cert-manager, values: [{ crds: { keep: false } }] }
${more}`;

async function releases(text: string): Promise<Record<string, Release>> {
  const { stack: found } = await read(text);
  return Object.fromEntries(found.releases.map((release) => [release.name, release]));
}

describe("add-ons", () => {
  test.each([
    ["{ source: https://charts.example, name: metallb }", "metallb"],
    ["oci://host/charts/metallb", "metallb"],
    ["./charts/metallb", "metallb"],
    ["./metallb-0.16.2.tgz", "metallb"],
    ["./cert-manager-v1.21.2.tgz", "cert-manager"],
    ["./cert-manager-approver", null],
    ["{ source: https://charts.example, name: metallb-exporter }", null],
  ])("are known by their chart: %s", async (chart, role) => {
    const text = `apiVersion: flotilla/v1\nstack: net\nreleases:\n  - { name: x, namespace: x, chart: ${chart} }\n`;
    expect((await releases(text))["x"]?.role).toBe(role);
  });

  test("bring their CRDs, and no hook that would wait for them; the file has the last word", async () => {
    const { pki } = await releases(stack(""));
    expect(pki?.values).toEqual({ crds: { enabled: true, keep: false }, startupapicheck: { enabled: false } });
  });
});

describe("the address pool", () => {
  test("is a release after MetalLB, in its namespace, derived or given", async () => {
    const auto = await releases(stack("addressPool: auto"));
    expect(auto["lb-pool"]).toMatchObject({
      namespace: "metallb-system",
      needs: ["lb"],
      chart: { type: "folder", path: "/flotilla/charts/address-pool" },
      values: { addresses: [] },
    });
    const given = await releases(stack("addressPool: [10.0.0.10-10.0.0.20, 10.1.0.0/28]"));
    expect(given["lb-pool"]?.values).toEqual({ addresses: ["10.0.0.10-10.0.0.20", "10.1.0.0/28"] });
  });

  test("is nobody's where nothing is said", async () => {
    expect(Object.keys(await releases(stack("")))).toEqual(["lb", "pki"]);
  });

  test("left to a tunnel, MetalLB stays away as well", async () => {
    expect(Object.keys(await releases(stack("addressPool: tunnel")))).toEqual(["pki"]);
  });

  test("can be named like any release", async () => {
    const values = "addressPool: auto, values: { lb-pool: { addresses: [10.0.0.0/28] } }";
    const app = "  - { name: app, namespace: app, chart: ./app, needs: [lb-pool] }\n";
    const all = await releases(stack(values, app));
    expect(all["app"]?.needs).toEqual(["lb-pool"]);
    expect(all["lb-pool"]?.values).toEqual({ addresses: ["10.0.0.0/28"] });
  });

  test.each([
    [
      "addressPool: auto, releases: { lb: { enabled: false } }",
      "",
      'flotilla.yaml:4:11 the environment "here" has an addressPool, but no MetalLB that could give it out | add a release of the chart metallb, or write addressPool: tunnel where something else gives addresses',
    ],
    [
      "addressPool: [10.0.0.1]",
      "",
      "flotilla.yaml:4:25 environments.here.addressPool[0]: addresses are a range (192.168.49.200-192.168.49.250) or a subnet (192.168.49.192/26)",
    ],
    [
      "addressPool: auto",
      "  - { name: lb-pool, namespace: x, chart: ./x }\n",
      'flotilla.yaml:8:13 two releases are named "lb-pool" | addressPool brings a release of this name',
    ],
    [
      "addressPool: auto",
      "  - { name: metallb, namespace: x, chart: ./metallb, needs: [metallb-pool] }\n",
      'flotilla.yaml:8:62 releases that wait for themselves: metallb → metallb-pool → metallb | remove one of these needs; that of "metallb-pool" is implied',
    ],
    [
      "addressPool: auto",
      "  - { name: metallb, namespace: x, chart: ./metallb, needs: [x] }\n  - { name: x, namespace: x, chart: ./x, needs: [metallb-pool] }\n",
      'flotilla.yaml:9:50 releases that wait for themselves: metallb → x → metallb-pool → metallb | remove one of these needs; that of "metallb-pool" is implied',
    ],
  ])("refuses %s%s", async (environment, more, problem) => {
    expect((await problemsOf(stack(environment, more))).map(inOneLine)).toEqual([problem]);
  });
});
