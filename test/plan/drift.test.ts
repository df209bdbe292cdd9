import { describe, expect, test } from "vitest";
import { clusterScopeWith } from "../../src/manifest/cluster-scope.ts";
import { objectRef } from "../../src/manifest/object-ref.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";
import { confirmDrift, type ObservedObject, showDrift, suspectDrift } from "../../src/plan/drift.ts";
import { secretDigest } from "../../src/plan/secret-digest.ts";
import { mayBeGone } from "../../src/plan/respected-fields.ts";
import { type Editable, HAND_EDITS, MANIFEST } from "./hand-edits.ts";

const objects = MANIFEST as readonly KubeObject[];
const scope = clusterScopeWith(objects);
const hiding = { digest: secretDigest("00"), isSecret: () => false };

/** As the API server has it, as far as that matters here: its own fields, some defaults, nothing that is empty. */
function served(object: KubeObject): KubeObject {
  const live: Editable = structuredClone(object);
  live.metadata = { ...live.metadata, uid: "1", resourceVersion: "7", generation: 2, managedFields: [{}] };
  live.status = { observedGeneration: 2 };
  if (live.kind === "Deployment") {
    const pod = live.spec.template.spec;
    delete pod.hostNetwork;
    delete pod.nodeSelector;
    live.spec.strategy = { type: "RollingUpdate" };
    pod.dnsPolicy = "ClusterFirst";
    for (const container of pod.containers) {
      container.imagePullPolicy = "IfNotPresent";
      for (const mount of container.volumeMounts ?? []) delete mount.readOnly;
      if (container.resources?.limits) container.resources.limits.cpu = "1";
    }
  }
  if (live.kind === "Secret") {
    live.data = { password: Buffer.from(live.stringData.password).toString("base64") };
    delete live.stringData;
  }
  if (live.kind === "Widget") live.spec.grade = "plain";
  if (live.kind === "CustomResourceDefinition") delete live.spec.preserveUnknownFields;
  return live as KubeObject;
}

function observe(live: (object: KubeObject) => KubeObject | null): readonly ObservedObject[] {
  const autoscalers = objects
    .filter(({ kind }) => kind === "HorizontalPodAutoscaler")
    .map((each) => ({ ...each, metadata: { ...each.metadata, namespace: "hand-edits" } }));
  return objects.map((object) => {
    const ref = objectRef(object, "hand-edits", scope);
    return { object, ref, namespace: ref.namespace, autoscalers, live: live(object) };
  });
}

const idOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.name}`;

describe("drift", () => {
  test("what nobody has touched has not drifted, however the API server writes it", () => {
    expect(suspectDrift(observe(served))).toEqual([]);
  });

  test.each(HAND_EDITS)("$object: $what is $answer", ({ object: id, edit, answer }) => {
    const found = suspectDrift(
      observe((object) => {
        const live = served(object);
        if (idOf(object) !== id) return live;
        if (edit === null) return null;
        edit(live);
        return live;
      }),
    ).filter(({ observed }) => observed.live !== null || !mayBeGone(observed.object));
    const shown = found.map((each) => showDrift(each, hiding));
    const expected = answer === "ignored" ? [] : [{ drift: answer, id }];
    expect(shown.map(({ drift, kind, name }) => ({ drift, id: `${kind}/${name}` }))).toEqual(expected);
    if (answer === "changed") expect(shown[0]?.diff).toMatch(/^[-+]/m);
  });

  test("shows from what is there to what the manifest says, and no value of a Secret", () => {
    const [changed] = suspectDrift(
      observe((object) => {
        const live: Editable = served(object);
        if (idOf(object) === "Secret/credentials") live.data.password = Buffer.from("made-by-hand").toString("base64");
        return live;
      }),
    );
    if (changed === undefined) throw new Error("no drift was seen");
    const { diff } = showDrift(changed, hiding);
    expect(diff).toBe(` data:
-  password: <secret ${hiding.digest("made-by-hand")}>
+  password: <secret ${hiding.digest("rendered-password")}>
`);
  });

  test("what the API server would not change is no drift", () => {
    const [suspected] = suspectDrift(
      observe((object) => {
        const live: Editable = served(object);
        if (idOf(object) === "Deployment/web") live.spec.template.spec.containers[0].image = "mirror.example/app:1";
        return live;
      }),
    );
    if (suspected?.observed.live === undefined || suspected.observed.live === null)
      throw new Error("nothing suspected");
    expect(confirmDrift(suspected, suspected.observed.live)).toBeNull();
    const restored: Editable = structuredClone(suspected.observed.live);
    restored.spec.template.spec.containers[0].image = "registry.example/app:1";
    expect(confirmDrift(suspected, restored as KubeObject)).toEqual(suspected);
  });
});
