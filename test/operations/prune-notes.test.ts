import { expect, test } from "vitest";
import type { KubeClient } from "../../src/kube/kube-client.ts";
import { FlotillaError } from "../../src/model/errors.ts";
import type { Stack } from "../../src/model/stack.ts";
import { pruneNotes } from "../../src/operations/prune-notes.ts";
import type { StoredManifests } from "../../src/operations/stored-manifests.ts";
import { abortError } from "../../src/runtime/abort.ts";

const { signal } = new AbortController();
const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: boats.example.org }
spec: { group: example.org }
`;
const BOATS = { apiVersion: "example.org/v1", kind: "Boat", plural: "boats", namespaced: true, verbs: ["list"] };
const BOAT = { apiVersion: "example.org/v1", kind: "Boat", metadata: { name: "ark", namespace: "others" } };
const REMOVED = { name: "harbour", namespace: "sea", revision: 1, needs: [] };

const stack = (...names: readonly string[]): Stack =>
  ({ name: "fleet", releases: names.map((name) => ({ name, namespace: "elsewhere" })) }) as unknown as Stack;
const stored = { of: () => Promise.resolve({ manifest: CRD }) } as unknown as StoredManifests;

/** A cluster with one boat, of nobody in the stack. */
function client(list: () => Promise<unknown> = () => Promise.resolve({ items: [BOAT] })): KubeClient {
  return { kinds: () => Promise.resolve([BOATS]), list } as unknown as KubeClient;
}

test("what others lose by a release that is pruned is said", async () => {
  expect(await pruneNotes(client(), stack(), [REMOVED], stored, signal)).toEqual([
    "--prune: Boat others/ark would be deleted with the CRDs of the stack, and it is not part of it.",
  ]);
});

test("a release that moves takes nothing away", async () => {
  expect(await pruneNotes(client(), stack("harbour"), [REMOVED], stored, signal)).toEqual([]);
});

test.each([
  ["may not look", "forbidden", "Not allowed to list boats."],
  ["cannot", "api-failed", "conversion webhook for boats failed."],
] as const)("who %s is told so, and may prune", async (_title, code, message) => {
  const refuse = (): Promise<never> => Promise.reject(new FlotillaError(code, message, { hint: null }));
  expect(await pruneNotes(client(refuse), stack(), [REMOVED], stored, signal)).toEqual([
    `--prune: whether others lose something by it is not known. ${message}`,
  ]);
});

test("who wants out gets out", async () => {
  const user = new AbortController();
  const leave = (): Promise<never> => {
    user.abort();
    return Promise.reject(abortError(user.signal));
  };
  await expect(pruneNotes(client(leave), stack(), [REMOVED], stored, user.signal)).rejects.toMatchObject({
    code: "interrupted",
  });
});
