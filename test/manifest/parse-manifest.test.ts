import { describe, expect, test } from "vitest";
import { parseManifest, parseWholeManifest } from "../../src/manifest/parse-manifest.ts";

/** A document with one value, as the API server would read it. */
function readValue(text: string): unknown {
  const manifest = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nvalue: ${text}\n`;
  return parseManifest(manifest)[0]?.["value"];
}

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
  annotations: {helm.sh/resource-policy: keep}
spec:
  group: example.com
  names: {kind: Widget}
  versions:
  - name: v1
    schema:
      openAPIV3Schema:
        description: |-
          Text with
          ---- dashes

          and a blank line.
# a comment at the very left
        properties:
          spec:
            required:
            - size
            type: object
        type: object
    served: true
    subresources: {status: {}}
  - name: v2
    schema:
      openAPIV3Schema: {type: object}
    served: false
`;

describe("parseManifest", () => {
  test("reads every document, whatever stands between them", () => {
    const manifest = [
      "# Source: a",
      "---",
      "# only a comment",
      "--- # with a comment",
      "apiVersion: v1",
      "kind: Service",
      "metadata: {name: one}",
      "---",
      "",
      "---",
      '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "two"}}',
    ].join("\n");
    expect(parseManifest(manifest).map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      "Service/one",
      "Secret/two",
    ]);
    expect(parseManifest("")).toEqual([]);
  });

  test("takes lists apart, lists in lists too", () => {
    const one = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "one" } };
    const two = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "two" } };
    const list = {
      apiVersion: "v1",
      kind: "List",
      items: [one, { apiVersion: "v1", kind: "ConfigMapList", items: [two] }],
    };
    expect(parseManifest(JSON.stringify(list))).toEqual([one, two]);
  });

  test("leaves out objects whose name the cluster will choose", () => {
    expect(parseManifest("apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}\n")).toEqual([]);
  });

  test.each([
    { text: "yes", value: true },
    { text: "off", value: false },
    { text: "0644", value: 420 },
    { text: "0x1F", value: 31 },
    { text: "1_000", value: 1000 },
    { text: "22:22", value: "22:22" },
    { text: "1:30:00", value: "1:30:00" },
    { text: "2026-11-23", value: "2026-11-23" },
    { text: "2026-11-23T20:00:00Z", value: "2026-11-23T20:00:00Z" },
    { text: '"yes"', value: "yes" },
    { text: "1.30", value: 1.3 },
    { text: "~", value: null },
    { text: "{a: 1, a: 2}", value: { a: 2 } },
    { text: "{<<: {a: 1}, b: 2}", value: { a: 1, b: 2 } },
    { text: "{8080: x, on: y}", value: { "8080": "x", true: true } },
  ])("reads $text as the API server does", ({ text, value }) => {
    expect(readValue(text)).toEqual(value);
  });

  test("leaves the schemas of CRDs out, and nothing else", () => {
    const [crd] = parseManifest(CRD);
    const [whole] = parseWholeManifest(CRD);
    expect(whole?.spec).toMatchObject({ versions: [{ schema: { openAPIV3Schema: { type: "object" } } }, {}] });
    expect(crd).toEqual({
      ...whole,
      spec: {
        group: "example.com",
        names: { kind: "Widget" },
        versions: [
          { name: "v1", schema: { openAPIV3Schema: {} }, served: true, subresources: { status: {} } },
          { name: "v2", schema: { openAPIV3Schema: { type: "object" } }, served: false },
        ],
      },
    });
  });

  test("keeps schemas in objects that are no CRDs", () => {
    const template = `${CRD.replace("kind: CustomResourceDefinition", "kind: ConstraintTemplate")}`;
    expect(parseManifest(template)).toEqual(parseWholeManifest(template));
  });

  test("reads CRDs whole when what is left out is needed elsewhere", () => {
    const shared = CRD.replace("properties:\n          spec:", "properties:\n          spec: &shared").replace(
      "openAPIV3Schema: {type: object}",
      "openAPIV3Schema: *shared",
    );
    expect(parseManifest(shared)).toEqual(parseWholeManifest(shared));
  });

  test.each([
    ["a: [1, 2", /is not YAML.*at line/],
    ["- a\n- b", /no Kubernetes object/],
    ["password: hunter2", /without apiVersion and kind/],
  ])("refuses %j without quoting it", (manifest, message) => {
    expect(() => parseManifest(manifest)).toThrow(message);
    expect(() => parseManifest(manifest)).not.toThrow(/hunter2/);
    try {
      parseManifest(manifest);
    } catch (error) {
      expect(error).toMatchObject({ code: "chart-invalid" });
    }
  });

  test("names the line of what is not YAML", () => {
    expect(() => parseManifest("apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n data: {\n")).toThrow(/line [56]/);
  });
});
