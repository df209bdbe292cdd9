import { expect, test } from "vitest";
import type { ChartReference } from "../../src/model/stack.ts";
import { inOneLine, read } from "./reading.ts";

const FILE = `apiVersion: flotilla/v1
stack: shop
sources:
  corp: { url: oci://charts.example/mirror/, caFile: ca/corp.pem, username: "\${env:WHO}", password: "\${env:PASSWORD}" }
  plain: { url: https://charts.example/stable }
  shelf: { url: ../shelf }
istio: { source: corp, version: ~1.31.0 }
releases:
  - { name: a, namespace: shop, chart: { source: corp, name: a } }
  - { name: b, namespace: shop, chart: { source: plain, name: b } }
  - { name: c, namespace: shop, chart: { source: shelf, name: c } }
  - { name: d, namespace: shop, chart: { source: https://charts.example/stable, name: d } }
`;
const READING = {
  files: { "ca/corp.pem": "-----BEGIN CERTIFICATE-----\n" },
  variables: { WHO: "me", PASSWORD: "hunter2" },
};

async function charts(text = FILE): Promise<Record<string, ChartReference>> {
  const { stack } = await read(text, READING);
  return Object.fromEntries(stack.releases.map(({ name, chart }) => [name, chart]));
}

test("a name stands for the place, its authorities and its credentials", async () => {
  const access = {
    name: "corp",
    caFile: "/stack/ca/corp.pem",
    credentials: { username: "me", password: "hunter2" },
  };
  expect(await charts()).toEqual({
    "istio-base": { type: "oci", url: "oci://charts.example/mirror/base", access },
    istiod: { type: "oci", url: "oci://charts.example/mirror/istiod", access },
    a: { type: "oci", url: "oci://charts.example/mirror/a", access },
    b: {
      type: "repository",
      url: "https://charts.example/stable",
      name: "b",
      access: { name: "plain", caFile: null, credentials: null },
    },
    c: { type: "repository", url: "/shelf", name: "c" },
    d: { type: "repository", url: "https://charts.example/stable", name: "d" },
  });
});

test("a source without trouble brings no warning, and Istio's images are left to the mirror's charts", async () => {
  const { stack, warnings } = await read(FILE, READING);
  expect(warnings).toEqual([]);
  expect(stack.releases.find(({ name }) => name === "istiod")?.values).toEqual({});
});

test("a named source that is Istio's own keeps Istio's images", async () => {
  const official = FILE.replace("https://charts.example/stable }", "https://blob.istio.io/istio-release/charts }");
  const { stack } = await read(official.replace("source: corp, version", "source: plain, version"), READING);
  expect(stack.releases.find(({ name }) => name === "istiod")?.values).toEqual({ global: { hub: "docker.io/istio" } });
});

test("a password that is a reference may travel over https only", async () => {
  const { warnings } = await read(FILE.replace("oci://charts.example/mirror/", "http://charts.example"), READING);
  expect(warnings.map(inOneLine)).toEqual([
    'warning flotilla.yaml:4:16 "corp" sends its password over plain http, for everybody to read | use https://',
  ]);
});
