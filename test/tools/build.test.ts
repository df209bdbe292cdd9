import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { downloadGoModule } from "../../src/tools/go-module.ts";
import { goActivity } from "../../src/tools/go-toolchain.ts";
import { findTool } from "../../src/tools/tool-cache.ts";
import { sha256, stalled, whole } from "./release-server.ts";
import { filesInCache, PLATFORM, putProgram, toolsWorld } from "./tools-world.ts";

// The release server offers nothing in these tests, and `go` is a script that writes down how it was called.
const world = toolsWorld();

/** Makes files as `go build -o DIR/ tool` and `go install` do. */
const FAKE_GO = `
echo "$@" >> "\${0%/*}/calls"
echo "go: downloading k8s.io/api v0.36.3" >&2
echo "k8s.io/api/core/v1" >&2
case "$1" in
build)
  test -f go.mod || { echo "no go.mod here" >&2; exit 1; }
  while [ "$1" != -o ]; do shift; done
  for file in server kube-apiserver kube-controller-manager kube-scheduler; do echo "$file" > "$2$file"; done ;;
install)
  for package; do :; done
  package=\${package%@*}
  echo "$package" > "$GOBIN/\${package##*/}" ;;
esac`;

async function goCalls(): Promise<string[]> {
  return (await readFile(join(world.programs, "calls"), "utf8")).trim().split("\n");
}

describe("building from Go modules", () => {
  it("makes the whole control plane by one build", async () => {
    await putProgram(world, "go", FAKE_GO);
    const names = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;
    const paths = await ensureTools(names, world.context);
    expect(await readFile(paths.etcd, "utf8")).toBe("server\n");
    expect(await readFile(paths["kube-scheduler"], "utf8")).toBe("kube-scheduler\n");
    const calls = await goCalls();
    expect(calls).toHaveLength(1);
    expect(calls[0]).toContain("version.gitVersion=v1.36.3");
    expect(calls[0]).toContain("version.gitMinor=36 ");
    expect(await filesInCache(world)).toHaveLength(4);
  });

  it("takes from that build no more than was asked for", async () => {
    await putProgram(world, "go", FAKE_GO);
    await ensureTools(["etcd"], world.context);
    expect(await findTool("etcd")).not.toBeNull();
    expect(await findTool("kube-apiserver")).toBeNull();
  });

  it("makes both Helms call themselves by their whole version", async () => {
    await putProgram(world, "go", FAKE_GO);
    await ensureTools(["helm4", "helm3"], world.context);
    const calls = await goCalls();
    expect(calls.find((call) => call.includes("helm.sh/helm/v4/cmd/helm@v4.3.1"))).toContain("version.version=v4.3.1");
    expect(calls.find((call) => call.includes("helm.sh/helm/v3/cmd/helm@v3.22.0"))).toContain(
      "version.version=v3.22.0",
    );
  });

  it("shows what go is busy with, after the download that failed", async () => {
    await putProgram(world, "go", FAKE_GO);
    await ensureTools(["kwok"], world.context);
    expect(world.events).toMatchObject([
      { type: "task-started", task: "download:kwok" },
      { type: "task-finished", task: "download:kwok", outcome: "failed", detail: expect.stringContaining("HTTP 404") },
      { type: "task-started", task: "build:kwok" },
      { type: "task-progress", task: "build:kwok", detail: expect.stringMatching(/^\d\.\ds: /) },
      { type: "task-finished", task: "build:kwok", outcome: "done" },
    ]);
  });

  it("that fails says why, beside why the other ways failed", async () => {
    await putProgram(world, "go", `echo compiling/this >&2; echo "no space left on device" >&2; exit 1`);
    await expect(ensureTools(["kwok"], world.context)).rejects.toMatchObject({
      code: "tool-missing",
      message: expect.stringMatching(/In the cache.*nothing.*Download: .*HTTP 404.*Build: .*no space left on device/),
    });
    expect(await filesInCache(world)).toEqual([]);
  });

  it("can be interrupted, and leaves nothing", async () => {
    await putProgram(world, "go", `echo half > "$GOBIN/kwok"; echo now/compiling >&2; exec sleep 60`);
    const context = {
      ...world.context,
      emit: (event: { type: string }): void => {
        if (event.type === "task-progress") setTimeout(() => world.stop.abort(), 100);
      },
    };
    await expect(ensureTools(["kwok"], context)).rejects.toMatchObject({ code: "interrupted" });
    expect(await filesInCache(world)).toEqual([]);
  });

  it("that fails for one family ends the others as well", async () => {
    const file = `/github.com/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-${PLATFORM}`;
    const assets = [{ name: `kwok-${PLATFORM}`, digest: `sha256:${sha256("kwok")}` }];
    const release = "/api.github.com/repos/kubernetes-sigs/kwok/releases/tags/v0.8.0";
    world.server.answers.set(release, whole(JSON.stringify({ assets })));
    await putProgram(world, "go", `while [ ! -e "\${0%/*}/asked" ]; do sleep 0.02; done; exit 1`);
    world.server.answers.set(file, (response) => {
      stalled(Buffer.from("kwok"))(response);
      void putProgram(world, "asked", "");
    });
    await expect(ensureTools(["kwok", "helm4"], world.context)).rejects.toMatchObject({
      message: expect.stringContaining("helm4"),
    });
    expect(await filesInCache(world)).toEqual([]);
  });
});

describe("what go is busy with", () => {
  it.each([
    ["go: downloading k8s.io/api v0.36.3", "downloading k8s.io/api v0.36.3"],
    ["k8s.io/kubernetes/pkg/apis/core/v1", "compiling k8s.io/kubernetes/pkg/apis/core/v1"],
    ["runtime", "compiling runtime"],
    ["# k8s.io/kubernetes/pkg/apis/core", null],
    ["./main.go:3:1: syntax error", null],
    ["go: module lookup disabled by GOPROXY=off", null],
  ])("%s", (line, activity) => {
    expect(goActivity(line)).toBe(activity);
  });
});

describe("a Go module's source", () => {
  it("comes as the folder that go names", async () => {
    await putProgram(world, "go", `echo '{"Path": "example.com/charts", "Dir": "${world.programs}"}'`);
    expect(await downloadGoModule("example.com/charts", "v1.0.0", world.context)).toBe(world.programs);
  });

  it("that cannot be had is a clear error", async () => {
    await putProgram(
      world,
      "go",
      `printf '{\\n\\t"Path": "example.com/charts",\\n\\t"Error": "unknown revision v9"\\n}\\n'; exit 1`,
    );
    await expect(downloadGoModule("example.com/charts", "v9", world.context)).rejects.toMatchObject({
      code: "tool-failed",
      message: expect.stringContaining("unknown revision v9"),
    });
  });

  it("needs go", async () => {
    await expect(downloadGoModule("example.com/charts", "v1.0.0", world.context)).rejects.toMatchObject({
      code: "tool-missing",
      hint: expect.stringContaining("https://go.dev/dl/"),
    });
  });
});
