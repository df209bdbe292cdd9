import { expect, test } from "vitest";
import { claimedVolumes } from "../../src/manifest/claimed-volumes.ts";

test("the claims of a StatefulSet are known by their names", () => {
  const volumeClaimTemplates = [{ metadata: { name: "data" } }, { metadata: { name: "log" } }];
  const set = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "db.x" },
    spec: { volumeClaimTemplates },
  };
  const elsewhere = { ...set, metadata: { name: "db", namespace: "other" } };
  const [data, log, third] = claimedVolumes([set, { ...set, kind: "Deployment" }, elsewhere], "shop");
  expect([data?.namespace, log?.namespace, third?.namespace]).toEqual(["shop", "shop", "other"]);
  const found = ["data-db.x-0", "data-db.x-12", "data-db-x-0", "log-db.x-0", "my-data-db.x-0", "data-db.x-0-old"];
  expect(found.filter((name) => data?.names.test(name))).toEqual(["data-db.x-0", "data-db.x-12"]);
});
