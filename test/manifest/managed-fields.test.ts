import { describe, expect, test } from "vitest";
import { mayConflict, otherManagers } from "../../src/manifest/managed-fields.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { ObjectMetadata } from "../../src/model/kube-object.ts";

const OBJECT = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", labels: { app: "web", "example.org/tier": "front" } },
  spec: {
    replicas: 2,
    template: {
      spec: {
        containers: [{ name: "web", image: "web:1", ports: [{ containerPort: 80 }], args: ["a", "b"] }],
      },
    },
  },
};

/** An object that somebody manages fields of. */
function managed(fieldsV1: JsonObject, change: JsonObject = {}): ObjectMetadata {
  const entry = { manager: "kubectl-edit", operation: "Update", fieldsType: "FieldsV1", fieldsV1, ...change };
  return { name: "web", managedFields: [entry] };
}

const container = (fields: JsonObject): JsonObject => ({
  "f:spec": { "f:template": { "f:spec": { "f:containers": { 'k:{"name":"web"}': { ".": {}, ...fields } } } } },
});

describe("somebody else may stand in the way of an object", () => {
  test.for<[string, ObjectMetadata, boolean]>([
    ["nobody manages anything", { name: "web" }, false],
    ["a field that it sets", managed({ "f:spec": { "f:replicas": {} } }), true],
    ["a field that it does not set", managed({ "f:spec": { "f:paused": {} } }), false],
    ["a field below one that it does not set", managed({ "f:spec": { "f:strategy": { "f:type": {} } } }), false],
    ["a label with dots that it sets", managed({ "f:metadata": { "f:labels": { "f:example.org/tier": {} } } }), true],
    ["another label", managed({ "f:metadata": { "f:labels": { ".": {}, "f:more": {} } } }), false],
    ["all labels as one thing", managed({ "f:metadata": { "f:labels": {} } }), true],
    ["a field of a container", managed(container({ "f:image": {} })), true],
    ["a field of a container that it does not set", managed(container({ "f:tty": {} })), false],
    [
      "an item of a list that it does not have",
      managed({
        "f:spec": { "f:template": { "f:spec": { "f:containers": { 'k:{"name":"proxy"}': { "f:image": {} } } } } },
      }),
      false,
    ],
    [
      "an item by keys of which it leaves one to its default",
      managed(container({ "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { "f:containerPort": {} } } })),
      true,
    ],
    ["an item that is a value", managed(container({ "f:args": { 'v:"a"': {} } })), false],
    ["a list as one thing", managed(container({ "f:args": {} })), true],
    ["only that there is an item", managed(container({})), false],
    [
      "Helm itself, as it applies",
      managed({ "f:spec": { "f:replicas": {} } }, { manager: "helm", operation: "Apply" }),
      false,
    ],
    ["Helm itself, as it once wrote", managed({ "f:spec": { "f:replicas": {} } }, { manager: "helm" }), true],
    [
      "a controller that writes the status",
      managed({ "f:spec": { "f:replicas": {} } }, { subresource: "status" }),
      false,
    ],
    ["an autoscaler", managed({ "f:spec": { "f:replicas": {} } }, { subresource: "scale" }), true],
  ])("%s", ([, metadata, may]) => {
    expect(mayConflict(OBJECT, metadata)).toBe(may);
  });
});

test("who manages something beside Helm is named once each", () => {
  const managedFields = [
    { manager: "helm", operation: "Apply", fieldsV1: {} },
    { manager: "kubectl-edit", operation: "Update", fieldsV1: {} },
    { manager: "kubectl-edit", operation: "Update", fieldsV1: {}, apiVersion: "v2" },
    { manager: "kubelet", operation: "Update", subresource: "status", fieldsV1: {} },
  ];
  expect(otherManagers({ name: "web", managedFields })).toEqual(["kubectl-edit"]);
});
