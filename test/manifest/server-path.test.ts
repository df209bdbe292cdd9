import { describe, expect, test } from "vitest";
import { fieldNames, itemNames, valueAtPath } from "../../src/manifest/server-path.ts";
import type { JsonValue } from "../../src/model/json.ts";

const OBJECT = {
  metadata: { labels: { app: "web", "app.kubernetes.io/name": "web", "app.kubernetes": { io: 1 } } },
  spec: {
    replicas: 2,
    ports: [
      { port: 53, protocol: "UDP", name: "dns" },
      { port: 53, protocol: "TCP", name: "dns-tcp" },
      { port: 80, name: "http" },
    ],
    finalizers: ["a", "b"],
    webhooks: [{ name: "rev.object.sidecar-injector.istio.io", failurePolicy: "Fail", odd: "a]b" }],
    nothing: null,
  },
};

describe("a path of the API server's leads to", () => {
  test.for<[string, JsonValue | undefined]>([
    [".spec.replicas", 2],
    [".metadata.labels.app", "web"],
    [".metadata.labels.app.kubernetes.io/name", "web"],
    ['.spec.ports[port=53,protocol="TCP"].name', "dns-tcp"],
    ['.spec.ports[port=80,protocol="TCP"].name', "http"],
    ['.spec.webhooks[name="rev.object.sidecar-injector.istio.io"].failurePolicy', "Fail"],
    ['.spec.webhooks[odd="a]b"].failurePolicy', "Fail"],
    [".spec.ports[0].name", "dns"],
    ['.spec.finalizers[="b"]', "b"],
    [".spec.nothing", null],
    [".spec.absent", undefined],
    ['.spec.ports[port=1,protocol="TCP"].name', undefined],
    [".spec.replicas.deeper", undefined],
    [".spec.ports", OBJECT.spec.ports],
  ])("%s", ([path, value]) => {
    expect(valueAtPath(OBJECT, path)).toEqual(value);
  });
});

test("fields and items that a path leads through are told apart", () => {
  const path = '.spec.template.spec.containers[name="web"].env[name="DB_PASSWORD"].value';
  expect(fieldNames(path)).toEqual(["spec", "template", "spec", "containers", "env", "value"]);
  expect(itemNames(path)).toEqual(["web", "DB_PASSWORD"]);
});
