import { expect, test } from "vitest";
import { statusDocument } from "../../src/report/documents.ts";
import { statusText } from "../../src/report/status-text.ts";
import { STATUS } from "./samples.ts";

const outdated = [
  { namespace: "istio-ingress", kind: "Deployment", name: "in", pods: 2, version: "1.30.5", controlPlane: "1.31.1" },
  { namespace: "shop", kind: "Pod", name: "alone", pods: 1, version: "1.30.5", controlPlane: "1.31.1" },
];

test("status names outdated proxies, with the commands that restart them", () => {
  const text = statusText({ ...STATUS, outdatedProxies: outdated }, { color: false });
  expect(text).toContain("Outdated proxies");
  expect(text).toMatch(
    /istio-ingress\/in +2 +1\.30\.5 +1\.31\.1 +kubectl -n istio-ingress rollout restart deployment in/,
  );
  expect(text).toMatch(/shop\/alone +1 .* kubectl -n shop delete pod alone/);
  expect(statusText(STATUS, { color: false })).not.toContain("Outdated");
  expect(statusDocument({ ...STATUS, outdatedProxies: outdated })["outdatedProxies"]).toEqual(outdated);
});
