import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { isAlreadyExists, isConflict, isMissing } from "../../src/kube/api-error.ts";
import { answer, type FakeCluster, refuse, type SeenRequest, startFakeCluster } from "./fake-cluster.ts";

const { signal } = new AbortController();
const DEPLOYMENT = { apiVersion: "apps/v1", kind: "Deployment" };
const REF = { ...DEPLOYMENT, namespace: "shop", name: "web" };
const OBJECT = { ...DEPLOYMENT, metadata: { name: "web", namespace: "shop", resourceVersion: "7" } };
const PATH = "/apis/apps/v1/namespaces/shop/deployments";
let cluster: FakeCluster;

afterEach(() => cluster.close());

async function start(handle: (request: SeenRequest, response: ServerResponse) => void): Promise<FakeCluster> {
  cluster = await startFakeCluster(handle);
  return cluster;
}

async function failure(code: number, reason: string, message: string): Promise<unknown> {
  const { client } = await start((_request, response) => refuse(response, code, reason, message));
  return client.update(OBJECT, signal).catch((error: unknown) => error);
}

test("an object that is not there is null, and its removal false", async () => {
  const { client } = await start((_request, response) => refuse(response, 404, "NotFound", "not found"));
  expect(await client.get(REF, signal)).toBeNull();
  expect(await client.remove(REF, {}, signal)).toBe(false);
});

test("each change goes out as the API wants it", async () => {
  const { client, seen } = await start((_request, response) => answer(response, 200, OBJECT));
  await client.get(REF, signal);
  await client.create(OBJECT, signal);
  await client.dryRunCreate(OBJECT, 5, signal);
  await client.update(OBJECT, signal);
  await client.apply(OBJECT, { force: true }, signal);
  await client.apply(OBJECT, { dryRun: true, fieldManager: "helm" }, signal);
  await client.mergePatch(REF, { metadata: { labels: { a: null } } }, signal);
  await client.remove(REF, { propagationPolicy: "Foreground", uid: "u" }, signal);
  expect(seen.map(({ method, url, headers }) => [method, url, headers["content-type"]])).toEqual([
    ["GET", `${PATH}/web`, undefined],
    ["POST", `${PATH}?fieldManager=flotilla`, "application/json"],
    ["POST", `${PATH}?fieldManager=flotilla&dryRun=All&timeout=5s`, "application/json"],
    ["PUT", `${PATH}/web?fieldManager=flotilla`, "application/json"],
    ["PATCH", `${PATH}/web?fieldManager=flotilla&force=true`, "application/apply-patch+yaml"],
    ["PATCH", `${PATH}/web?fieldManager=helm&dryRun=All`, "application/apply-patch+yaml"],
    ["PATCH", `${PATH}/web?fieldManager=flotilla`, "application/merge-patch+json"],
    ["DELETE", `${PATH}/web`, "application/json"],
  ]);
  expect(JSON.parse(seen.at(-1)?.body ?? "")).toMatchObject({
    propagationPolicy: "Foreground",
    preconditions: { uid: "u" },
  });
});

test("what an error lists in detail can be read: who holds which field", async () => {
  const cause = { reason: "FieldManagerConflict", message: 'conflict with "kubectl-edit" using v1', field: ".data.a" };
  const status = {
    kind: "Status",
    code: 409,
    reason: "Conflict",
    message: "Apply failed",
    details: { causes: [cause] },
  };
  const { client } = await start((_request, response) => answer(response, 409, status));
  const error = await client.apply(OBJECT, {}, signal).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "api-failed", status: 409, causes: [cause] });
});

test("a container's log is text, of its last lines", async () => {
  const { client, seen } = await start((_request, response) => response.writeHead(200).end("one\ntwo\n"));
  const options = { container: "app", previous: true, tailLines: 20, limitBytes: 1000 };
  expect(await client.podLog("shop", "web-1", options, signal)).toBe("one\ntwo\n");
  expect(seen[0]?.url).toBe(
    "/api/v1/namespaces/shop/pods/web-1/log?container=app&previous=true&tailLines=20&limitBytes=1000",
  );
});

describe("lists", () => {
  test("pages become one list whose objects say what they are", async () => {
    const { client, seen } = await start(({ query }, response) => {
      const page = Number(query.get("continue") ?? "0");
      const metadata = { resourceVersion: "99", ...(page < 2 && { continue: String(page + 1) }) };
      answer(response, 200, { metadata, items: [{ metadata: { name: `web-${page}` } }] });
    });
    const list = await client.list(DEPLOYMENT, "shop", { labelSelector: "app=web,tier!=db", pageSize: 1 }, signal);
    expect(list).toEqual({
      resourceVersion: "99",
      items: [0, 1, 2].map((page) => ({ ...DEPLOYMENT, metadata: { name: `web-${page}` } })),
    });
    expect(seen[0]?.path).toBe(PATH);
    expect(seen.map(({ query }) => [query.get("limit"), query.get("labelSelector")])).toEqual(
      [1, 2, 3].map(() => ["1", "app=web,tier!=db"]),
    );
  });

  test("so many are enough: no more is asked for", async () => {
    const { client, seen } = await start((_request, response) =>
      answer(response, 200, {
        items: [{ metadata: { name: "a" } }],
        metadata: { resourceVersion: "9", continue: "next" },
      }),
    );
    const { items } = await client.list(DEPLOYMENT, "shop", { atMost: 1 }, signal);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["a"]);
    expect(seen.map(({ query }) => query.get("limit"))).toEqual(["1"]);
  });

  test("pages that took too long: once more, whole", async () => {
    const { client } = await start(({ query }, response) => {
      if (query.has("continue")) return refuse(response, 410, "Expired", "too old");
      const token = query.has("limit") ? "x" : undefined;
      answer(response, 200, {
        metadata: { resourceVersion: "5", continue: token },
        items: [{ metadata: { name: "a" } }],
      });
    });
    expect((await client.list(DEPLOYMENT, "shop", {}, signal)).items).toHaveLength(1);
  });

  test("metadata only", async () => {
    const { client, seen } = await start((_request, response) =>
      answer(response, 200, {
        kind: "PartialObjectMetadataList",
        metadata: { resourceVersion: "1" },
        items: [{ apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: { name: "a" } }],
      }),
    );
    const { items } = await client.list({ apiVersion: "v1", kind: "Secret" }, "shop", { metadataOnly: true }, signal);
    expect(items).toEqual([{ apiVersion: "v1", kind: "Secret", metadata: { name: "a" } }]);
    expect(seen[0]?.headers.accept).toBe("application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
  });
});

describe("what the cluster refuses", () => {
  test("an authorizer: which verb on what, and who we are", async () => {
    const message =
      'deployments.apps "web" is forbidden: User "bob" cannot update resource "deployments" in API group "apps" in the namespace "shop"';
    expect(await failure(403, "Forbidden", message)).toMatchObject({
      code: "forbidden",
      message: `Not allowed to update deployments.apps "web" in namespace shop: ${message}.`,
      hint: expect.stringContaining("role"),
    });
  });

  test("a quota answers 403 as well, and is no question of permission", async () => {
    const message = 'pods "web" is forbidden: exceeded quota: small, requested: cpu=2, used: cpu=1, limited: cpu=2';
    expect(await failure(403, "Forbidden", message)).toMatchObject({ code: "api-failed", status: 403 });
  });

  test("a conflict can be told apart", async () => {
    const error = await failure(409, "Conflict", "the object has been modified");
    expect([isConflict(error), isAlreadyExists(error), isMissing(error)]).toEqual([true, false, false]);
    expect(error).toMatchObject({ code: "api-failed", reason: "Conflict" });
  });

  test("so can an object that is there already", async () => {
    const error = await failure(409, "AlreadyExists", "already exists");
    expect([isConflict(error), isAlreadyExists(error)]).toEqual([true, true]);
  });

  test("an answer that is not the API's own", async () => {
    const { client } = await start((_request, response) => void response.writeHead(502).end("<h1>Bad gateway</h1>"));
    await expect(client.get(REF, signal)).rejects.toMatchObject({
      code: "api-failed",
      message: 'The cluster refused to get deployments.apps "web" in namespace shop: <h1>Bad gateway</h1> (502).',
    });
  });
});

describe("kinds that are not built in", () => {
  const GATEWAY = { apiVersion: "networking.istio.io/v1", kind: "Gateway" };
  const KIND = { resource: "gateways", scope: "Namespaced", responseKind: { kind: "Gateway" } };

  function discovery(resources: readonly object[]): object {
    const versions = [{ version: "v1", resources }];
    return { kind: "APIGroupDiscoveryList", items: [{ metadata: { name: "networking.istio.io" }, versions }] };
  }

  test("are found by discovery, asked for once, and again when one is new", async () => {
    const known: object[] = [];
    const { client, seen } = await start(({ path }, response) => {
      if (path === "/api") answer(response, 200, { items: [] });
      else if (path === "/apis") answer(response, 200, discovery(known));
      else answer(response, 200, { ...GATEWAY, metadata: { name: "g" } });
    });
    const ref = { ...GATEWAY, namespace: "shop", name: "g" };
    expect(await client.get(ref, signal)).toBeNull();
    known.push(KIND);
    expect(await client.get(ref, signal)).toMatchObject(GATEWAY);
    expect(await client.get(ref, signal)).toMatchObject(GATEWAY);
    expect(seen.filter(({ path }) => path === "/apis")).toHaveLength(2);
    expect(seen.at(-1)?.path).toBe("/apis/networking.istio.io/v1/namespaces/shop/gateways/g");
  });

  test("whoever gives up waiting for the discovery takes it from nobody else", async () => {
    const user = new AbortController();
    let answers = (): void => {};
    const { client } = await start(({ path }, response) => {
      if (path === "/api") answer(response, 200, { items: [] });
      else answers = () => answer(response, 200, discovery([KIND]));
      if (path === "/apis") user.abort();
    });
    const first = client.resource(GATEWAY, user.signal);
    const second = client.resource(GATEWAY, signal);
    await expect(first).rejects.toMatchObject({ code: "interrupted" });
    answers();
    expect(await second).toMatchObject({ plural: "gateways" });
  });

  test("all are listed once, in the version that the cluster prefers", async () => {
    const gateway = { resource: "gateways", scope: "Namespaced", verbs: ["list"], responseKind: { kind: "Gateway" } };
    const versions = ["v1", "v1beta1"].map((version) => ({ version, resources: [gateway] }));
    const configMap = { ...gateway, resource: "configmaps", responseKind: { kind: "ConfigMap" } };
    const { client } = await start(({ path }, response) =>
      path === "/api"
        ? answer(response, 200, { items: [{ metadata: {}, versions: [{ version: "v1", resources: [configMap] }] }] })
        : answer(response, 200, { items: [{ metadata: { name: "networking.istio.io" }, versions }] }),
    );
    expect(await client.kinds(signal)).toEqual([
      { apiVersion: "v1", kind: "ConfigMap", plural: "configmaps", namespaced: true, verbs: ["list"] },
      { ...GATEWAY, plural: "gateways", namespaced: true, verbs: ["list"] },
    ]);
  });

  test("an unknown kind is named", async () => {
    const { client } = await start((_request, response) => answer(response, 200, { items: [] }));
    await expect(client.list(GATEWAY, "shop", {}, signal)).rejects.toMatchObject({
      code: "api-failed",
      message: "The cluster has no kind Gateway in networking.istio.io/v1.",
    });
  });
});
