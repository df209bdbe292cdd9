import { expect, test } from "vitest";
import { crdsOfFolder } from "../../src/manifest/crds-folder.ts";

const MANIFEST = `---
# Source: web/crds/gadgets.yaml
# Copyright somebody
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: gadgets.example.org
spec:
  names:
    plural: gadgets
---
# Source: web/charts/part/crds/more/widgets.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  annotations:
    note: name
  name: "widgets.example.org"
---
# Source: web/templates/crds.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.org
`;

test("the CRDs of charts' crds folders are told from those of templates", () => {
  expect([...crdsOfFolder(MANIFEST)]).toEqual(["gadgets.example.org", "widgets.example.org"]);
  expect([...crdsOfFolder("")]).toEqual([]);
});
