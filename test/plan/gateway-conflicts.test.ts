import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { gatewayConflicts } from "../../src/plan/gateway-conflicts.ts";

/** A Gateway of one server; DICOM over TLS for any host on the usual gateway unless a test says otherwise. */
function gateway(
  name: string,
  server: JsonObject = {},
  selector: JsonObject = { istio: "ingressgateway" },
): KubeObject {
  const dicom = { port: { number: 11112, protocol: "TLS" }, hosts: ["*"], tls: { mode: "SIMPLE" } };
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: { name, namespace: name },
    spec: { selector, servers: [{ ...dicom, ...server }] },
  };
}

const ours = gateway("ours");

describe("two Gateways", () => {
  test("of the same port for any host get into conflict, new ones and those that are there", () => {
    const theirs = gateway("theirs");
    const expected = [{ wanted: ours, other: theirs, port: 11112, host: "*" }];
    expect(gatewayConflicts([ours], [theirs])).toEqual(expected);
    expect(gatewayConflicts([ours, theirs], [])).toEqual(expected);
    expect(gatewayConflicts([], [ours, theirs])).toEqual([]);
  });

  test.each<[string, KubeObject, boolean]>([
    ["on another port", gateway("theirs", { port: { number: 11113, protocol: "TLS" } }), false],
    ["on another gateway", gateway("theirs", {}, { istio: "other" }), false],
    ["on a gateway that more labels name", gateway("theirs", {}, { istio: "ingressgateway", app: "x" }), true],
    ["on gateways that might be the same", gateway("theirs", {}, { app: "x" }), false],
    ["on every gateway", gateway("theirs", {}, {}), false],
    ["for another address", gateway("theirs", { bind: "192.0.2.7" }), false],
    ["for a host of its own", gateway("theirs", { hosts: ["pacs.example.org"] }), false],
    ["for the same host, of one namespace's routes", gateway("theirs", { hosts: ["./*"] }), true],
    ["for plain HTTP", gateway("theirs", { port: { number: 11112, protocol: "HTTP" }, tls: undefined }), false],
  ])("%s", (_, theirs, conflict) => {
    expect(gatewayConflicts([ours], [theirs])).toHaveLength(conflict ? 1 : 0);
  });

  test("that are odd are left to Istio", () => {
    const odd: KubeObject = { ...ours, spec: { servers: [{ port: "x" }, null], selector: [] } };
    expect(gatewayConflicts([odd], [ours, { ...ours, spec: {} }])).toEqual([]);
  });
});
