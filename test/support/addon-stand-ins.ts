import type { IncomingMessage } from "node:http";
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { makeAuthority } from "./certificates.ts";
import type { ClusterApi, KubeJson } from "./cluster-api.ts";
import { startSecureServer } from "./secure-server.ts";
import { until } from "./until.ts";

/**
 * What stands in for the programs of cert-manager and MetalLB where pods are simulated: nothing here can run their images.
 * The charts, their CRDs and webhook configurations, admission and Helm are real.
 */
export interface AddonStandIns {
  /** From now on the webhooks that are there have an authority, as from cainjector; nobody answers yet. */
  certify(): Promise<void>;
  /** From now on they answer. */
  answer(): Promise<void>;
  /** The webhooks lead where the charts let them lead again, and keep their authority: as real programs leave them. */
  leave(): Promise<void>;
  /** What the webhooks were asked about: `Kind name`, in order. */
  asked(): readonly string[];
  /** Signs what cert-manager's controller would: issuers and certificates become Ready as they come. */
  sign(): void;
  close(): Promise<void>;
}

const CONFIGURATIONS = ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"];

/** Nobody listens on the port of `tcpmux`. */
const CLOSED = "https://127.0.0.1:1";

const SIGNED = ["clusterissuers", "issuers", "certificates"];

/** @param folder for keys */
export async function addonStandIns(api: ClusterApi, folder: string): Promise<AddonStandIns> {
  const authority = await makeAuthority(folder, "addons");
  const asked: string[] = [];
  const server = await startSecureServer(await authority.issue("127.0.0.1"), (request, response) => {
    void readJson(request).then(({ apiVersion, kind, request: review }) => {
      const { name } = review.object.metadata;
      asked.push(`${review.kind.kind} ${name}`);
      // Both webhooks refuse an issuer of no kind and an address that is none; the rest of their rules is theirs to test.
      const wrong = review.kind.kind === "IPAddressPool" ? !isRange(review.object) : isEmptyIssuer(review.object);
      const status = wrong ? { message: `${name} is wrong`, code: 422 } : {};
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ apiVersion, kind, response: { uid: review.uid, allowed: !wrong, status } }));
    });
  });
  const caBundle = Buffer.from(await readFile(authority.caFile)).toString("base64");
  let closed = false;
  /** Where the charts let their webhooks lead, by kind, configuration and webhook. */
  const services = new Map<string, KubeJson>();
  const point = async (clientOf: (id: string) => object): Promise<void> => {
    for (const kind of CONFIGURATIONS) {
      const path = `/apis/admissionregistration.k8s.io/v1/${kind}`;
      for (const { metadata, webhooks } of (await api.get(path))?.["items"] ?? []) {
        if (!/cert-manager|metallb/.test(metadata.name)) continue;
        const patch = webhooks.map((webhook: KubeJson, index: number) => {
          const id = `${kind}/${metadata.name}/${webhook["name"]}`;
          const { service } = webhook["clientConfig"];
          if (service) services.set(id, service);
          return { op: "replace", path: `/webhooks/${index}/clientConfig`, value: { ...clientOf(id), caBundle } };
        });
        await api.send("PATCH", `${path}/${metadata.name}`, patch, "application/json-patch+json");
      }
    }
  };
  const lead = (url: string): Promise<void> => point(() => ({ url: `${url}/review` }));
  return {
    asked: () => asked,
    certify: () => lead(CLOSED),
    answer: () => lead(server.url),
    leave: () => point((id) => ({ service: services.get(id) })),
    sign: () => {
      // A few looks a second are enough.
      const condition = {
        type: "Ready",
        status: "True",
        reason: "StandIn",
        lastTransitionTime: "2026-01-01T00:00:00Z",
      };
      void until(async () => {
        for (const plural of SIGNED) {
          const list = await api.get(`/apis/cert-manager.io/v1/${plural}`).catch(() => null);
          for (const { metadata, status } of list?.["items"] ?? []) {
            if (status?.conditions) continue;
            const place = metadata.namespace === undefined ? "" : `namespaces/${metadata.namespace}/`;
            const path = `/apis/cert-manager.io/v1/${place}${plural}/${metadata.name}/status`;
            const conditions = [{ ...condition, observedGeneration: metadata.generation }];
            await api.send("PATCH", path, { status: { conditions } }, "application/merge-patch+json").catch(() => {});
          }
        }
        await pause(200);
        return closed;
      }, 240_000);
    },
    close: async () => {
      closed = true;
      await server.close();
    },
  };
}

function isRange({ spec }: KubeJson): boolean {
  return spec.addresses.every((address: string) => /^[\d.]+(-[\d.]+|\/\d+)$/.test(address));
}

function isEmptyIssuer({ kind, spec }: KubeJson): boolean {
  return kind === "Issuer" && Object.keys(spec).length === 0;
}

async function readJson(request: IncomingMessage): Promise<KubeJson> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text) as KubeJson;
}
