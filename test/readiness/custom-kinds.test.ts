import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/model/json.ts";
import { readinessOf } from "../../src/readiness/rules.ts";
import { condition, live, viewOf } from "./objects.ts";

type Row = readonly [string, JsonObject, string, string | null, string | null];

function check(apiVersion: string, kind: string, rows: readonly Row[], spec: JsonObject = {}): void {
  describe(kind, () => {
    test.each(rows)("%s", (_name, status, ...expected) => {
      const { state, awaiting, reason } = readinessOf(live(apiVersion, kind, spec, status), viewOf());
      expect([state, awaiting, reason]).toEqual(expected);
    });
  });
}

const of = (...conditions: readonly JsonObject[]): JsonObject => ({ conditions });
const seen = (entry: JsonObject, observedGeneration: number): JsonObject => ({ ...entry, observedGeneration });

for (const kind of ["Certificate", "Issuer", "ClusterIssuer"]) {
  const missing = condition("Ready", "False", "DoesNotExist", "Issuing certificate as Secret does not exist");
  check("cert-manager.io/v1", kind, [
    ["ready", of(condition("Ready", "True")), "ready", null, null],
    ["not yet", of(missing), "waiting", `${kind} web`, missing["message"] as string],
    ["not looked at yet", {}, "waiting", `${kind} web`, null],
    ["ready for the older spec", of(seen(condition("Ready", "True"), 1)), "waiting", `${kind} web`, null],
    ["unknown", of(condition("Ready", "Unknown", "Pending")), "waiting", `${kind} web`, "Pending"],
  ]);
}

const programmed = "gateway web to be programmed";
check("gateway.networking.k8s.io/v1", "Gateway", [
  ["programmed", of(seen(condition("Programmed", "True"), 2)), "ready", null, null],
  ["programmed with the older spec", of(seen(condition("Programmed", "True"), 1)), "waiting", programmed, null],
  ["pending", of(condition("Programmed", "Unknown", "Pending")), "waiting", programmed, "Pending"],
  [
    "not accepted",
    of(
      condition("Programmed", "False", "Invalid"),
      condition("Accepted", "False", "InvalidParameters", "no such port"),
    ),
    "waiting",
    programmed,
    "no such port",
  ],
  ["no controller", {}, "waiting", programmed, null],
]);

const accepted = "gateway class web to be accepted";
check("gateway.networking.k8s.io/v1", "GatewayClass", [
  ["accepted", of(condition("Accepted", "True")), "ready", null, null],
  ["no controller", of(condition("Accepted", "Unknown", "Pending")), "waiting", accepted, "Pending"],
  ["refused", of(condition("Accepted", "False", "InvalidParameters")), "waiting", accepted, "InvalidParameters"],
  ["no status", {}, "waiting", accepted, null],
  ["the older spec", of(seen(condition("Accepted", "True"), 1)), "waiting", accepted, null],
]);

const gateway = { name: "edge" };
const answer = (parentRef: JsonObject, ...conditions: readonly JsonObject[]): JsonObject => ({ parentRef, conditions });
const both = [condition("Accepted", "True"), condition("ResolvedRefs", "True")];
const asFull = { group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "shop", name: "edge" };
for (const kind of ["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute"]) {
  const awaiting = `${kind} web at edge`;
  const unseen = "no controller has looked at it yet";
  check(
    "gateway.networking.k8s.io/v1",
    kind,
    [
      ["accepted and resolved", { parents: [answer(gateway, ...both)] }, "ready", null, null],
      ["the parent named in full", { parents: [answer(asFull, ...both)] }, "ready", null, null],
      ["nobody has looked", {}, "waiting", awaiting, unseen],
      ["another parent's answer", { parents: [answer({ name: "other" }, ...both)] }, "waiting", awaiting, unseen],
      [
        "another listener's",
        { parents: [answer({ ...gateway, sectionName: "https" }, ...both)] },
        "waiting",
        awaiting,
        unseen,
      ],
      [
        "a backend is missing",
        {
          parents: [
            answer(gateway, both[0] ?? {}, condition("ResolvedRefs", "False", "BackendNotFound", "no service x")),
          ],
        },
        "waiting",
        awaiting,
        "no service x",
      ],
      [
        "one of two controllers objects",
        { parents: [answer(gateway, ...both), answer(gateway, condition("Accepted", "False", "NoMatchingParent"))] },
        "waiting",
        awaiting,
        "NoMatchingParent",
      ],
      [
        "for the older spec",
        { parents: [answer(gateway, ...both.map((each) => seen(each, 1)))] },
        "waiting",
        awaiting,
        null,
      ],
    ],
    { parentRefs: [gateway] },
  );
}

test("a route must be accepted by each of its parents; without parents it is as it is", () => {
  const api = "gateway.networking.k8s.io/v1";
  const status = { parents: [answer(gateway, ...both)] };
  const two = { parentRefs: [gateway, { name: "inner" }] };
  expect(readinessOf(live(api, "HTTPRoute", two, status), viewOf())).toMatchObject({
    awaiting: "HTTPRoute web at inner",
  });
  expect(readinessOf(live(api, "HTTPRoute", {}, {}), viewOf()).state).toBe("ready");
});

const available = "API web to be available";
check("apiregistration.k8s.io/v1", "APIService", [
  ["available", of(condition("Available", "True")), "ready", null, null],
  [
    "no endpoints",
    of(condition("Available", "False", "MissingEndpoints", "no addresses")),
    "waiting",
    available,
    "no addresses",
  ],
  ["no status", {}, "waiting", available, null],
  ["unknown", of(condition("Available", "Unknown")), "waiting", available, null],
  ["another condition only", of(condition("Ready", "True")), "waiting", available, null],
]);

check("example.com/v1", "Widget", [
  ["no status", {}, "ready", null, null],
  ["observed, without conditions", { observedGeneration: 2 }, "ready", null, null],
  ["not observed", { observedGeneration: 1 }, "waiting", "Widget web", "the newest spec is not observed yet"],
  ["ready", of(condition("Ready", "True")), "ready", null, null],
  ["not ready", of(condition("Ready", "False", "Starting", "in a moment")), "waiting", "Widget web", "in a moment"],
  ["ready for the older spec", of(seen(condition("Ready", "True"), 1)), "waiting", "Widget web", null],
  [
    "reconciling",
    of(condition("Reconciling", "True", "Busy"), condition("Ready", "True")),
    "waiting",
    "Widget web",
    "Busy",
  ],
  ["stalled", of(condition("Stalled", "True", "Broken", "no way on")), "failed", "Widget web", "no way on"],
  ["other conditions", of(condition("Synced", "False")), "ready", null, null],
  ["a status of a strange shape", { conditions: "none" }, "ready", null, null],
]);
