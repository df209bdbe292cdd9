import { describe, expect, test } from "vitest";
import { type AccessNeed, accessNeeds } from "../../src/preflight/access-needs.ts";
import { MESH } from "./samples.ts";

const inShort = ({ verb, group, resource, namespace }: AccessNeed): string =>
  `${verb} ${group === "" ? resource : `${resource}.${group}`}${namespace === null ? "" : ` in ${namespace}`}`;
const app = MESH.releases.filter(({ name }) => name === "app");

describe("a run needs", () => {
  test("for an application nothing cluster-wide", () => {
    const needs = accessNeeds({
      stack: MESH,
      releases: app,
      missingNamespaces: [],
      rendered: [{ group: "apps", resource: "deployments", namespace: "shop" }],
    });
    expect(needs.filter(({ namespace }) => namespace === null)).toEqual([]);
    expect(needs.map(inShort)).toEqual(
      expect.arrayContaining([
        "update secrets in flotilla-system",
        "create leases.coordination.k8s.io in flotilla-system",
        "create secrets in shop",
        "patch deployments.apps in shop",
        "watch deployments.apps in shop",
      ]),
    );
  });

  test("to make namespaces that are missing", () => {
    const needs = accessNeeds({ stack: MESH, releases: app, missingNamespaces: ["shop"], rendered: [] });
    expect(needs.map(inShort)).toContain("create namespaces");
  });

  test("for Istio what its charts make outside of namespaces", () => {
    const needs = accessNeeds({ stack: MESH, releases: MESH.releases, missingNamespaces: [], rendered: [] });
    expect(needs.map(inShort)).toEqual(
      expect.arrayContaining([
        "create customresourcedefinitions.apiextensions.k8s.io",
        "patch clusterroles.rbac.authorization.k8s.io",
        "delete mutatingwebhookconfigurations.admissionregistration.k8s.io",
      ]),
    );
    expect(new Set(needs.map(inShort)).size).toBe(needs.length);
  });
});
