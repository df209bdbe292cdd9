import { asList } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { conditionOf } from "./conditions.ts";
import type { Finding } from "./finding.ts";
import { refTo } from "./snapshot.ts";

/** API servers that have neighbours let a definition wait for 5 s on purpose (apiextensions-apiserver, establishingDelay). */
const BIRTH_MS = 10_000;

/** A CustomResourceDefinition that the API server does not serve. */
export function crdNotEstablished(definition: KubeObject): readonly Finding[] {
  const names = conditionOf(definition, "NamesAccepted");
  const established = conditionOf(definition, "Established");
  if (established?.status === "True") return [];
  const clash = names?.status === "False";
  const said = clash ? names : established;
  const isNew = !clash && (established === null || established.reason === "Installing");
  const { name, creationTimestamp } = definition.metadata;
  return [
    {
      rule: clash ? "crd-names" : "crd-not-established",
      cause: name,
      object: refTo(definition),
      owner: null,
      message: clash
        ? `The cluster cannot serve ${name}: ${names.message.replace(/\.$/, "")}.`
        : `The cluster does not serve ${name} yet${said?.message ? `: ${said.message.replace(/\.$/, "")}` : ""}.`,
      hint: clash
        ? "Another CustomResourceDefinition has one of its names. Find it and decide which of the two stays: kubectl get crd"
        : said?.reason === "InvalidCABundle"
          ? `The certificate of its conversion webhook is still missing: whoever puts it in must be ready first, as a rule cert-manager's CA injector: kubectl describe crd ${name}`
          : `See its conditions: kubectl describe crd ${name}`,
      since: said?.since ?? creationTimestamp ?? null,
      evidence: said
        ? [`condition ${clash ? "NamesAccepted" : "Established"}=${said.status}, ${said.reason}: ${said.message}`]
        : [],
      log: null,
      ...(isNew && { quietMs: BIRTH_MS }),
    },
  ];
}

/** What holds a namespace back (k8s.io/kubernetes pkg/controller/namespace/deletion). */
const HOLDERS = [
  "NamespaceDeletionDiscoveryFailure",
  "NamespaceDeletionContentFailure",
  "NamespaceContentRemaining",
  "NamespaceFinalizersRemaining",
];

/** A namespace that is being deleted and takes nothing in any more. */
export function namespaceTerminating(namespace: KubeObject): readonly Finding[] {
  const { name, deletionTimestamp } = namespace.metadata;
  if (deletionTimestamp === undefined) return [];
  const held = HOLDERS.flatMap((type) => {
    const condition = conditionOf(namespace, type);
    return condition?.status === "True" ? [condition.message.replace(/\.$/, "")] : [];
  });
  const own = asList(namespace.spec?.["finalizers"]).filter((finalizer) => finalizer !== "kubernetes");
  const finalizers = [...own, ...(namespace.metadata.finalizers ?? [])].map(String);
  const by = held.at(-1) ?? (finalizers.length > 0 ? `its finalizers ${finalizers.join(", ")}` : null);
  return [
    {
      rule: "namespace-terminating",
      cause: name,
      object: refTo(namespace),
      owner: null,
      message: `Namespace ${name} is being deleted and is not gone yet${by === null ? "" : `: ${by}`}.`,
      hint: `Let whoever set the finalizers finish, or remove what is left: kubectl get namespace ${name} -o yaml; kubectl api-resources --verbs=list --namespaced -o name | xargs -n 1 kubectl get --ignore-not-found --namespace ${name}`,
      since: deletionTimestamp,
      evidence: [...held, ...finalizers.map((finalizer) => `finalizer ${finalizer}`)],
      log: null,
    },
  ];
}
