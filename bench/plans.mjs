// What it costs to be told that nothing, or little, is to be done.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { line, time } from "./measure.mjs";
import { gatewayStack, installScript, istioctlFlags, unchangedScript, writeStack } from "./scripts.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const RELEASES = 50;

/** A plan of many releases: of none, and of one that changes. */
export async function plan(world) {
  console.log(`\nPlan of ${RELEASES} releases, ${ROUNDS} rounds`);
  const file = await writeStack(world, "plan", gatewayStack(world.source, RELEASES));
  const { helm4 } = world.tools;
  await world.reset();
  await world.up(file, helm4);
  const planned = (...flags) =>
    time(process.execPath, [world.flotilla, "plan", "-c", file, ...flags], { ...world.env, FLOTILLA_HELM: helm4 });
  const rows = { none: [], one: [] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    rows.none.push((await planned()).seconds);
    rows.one.push((await planned("--set", `gateway-${RELEASES}.labels.round=r${round}`)).seconds);
  }
  line("flotilla plan, nothing changed", rows.none);
  line("flotilla plan, one changed", rows.one, null, "2 s");
}

/** The quickstart run again, its drift looked for, beside those who install the mesh alone again. */
export async function again(world) {
  console.log(`\nThe quickstart run again with nothing changed, drift looked for, ${ROUNDS} rounds`);
  const example = await readFile(join(root, "examples", "quickstart", "flotilla.yaml"), "utf8");
  const file = await writeStack(world, "again", example.replace("../../charts", join(root, "charts")));
  const { helm4 } = world.tools;
  const env = { ...world.env, FLOTILLA_HELM: helm4 };
  const own = () => time(process.execPath, [world.flotilla, "up", "-c", file, "--sandbox", "--yes"], env);
  await world.reset();
  await own();
  const script = (text) => (beside) => time("bash", ["-c", text], beside.env);
  await besides(world, own, "script, Helm 4 --wait", "0.2 ×", {
    install: script(installScript(helm4, world.source)),
    repeat: script(unchangedScript(helm4, world.source)),
  });
  const istioctl = process.env.FLOTILLA_TEST_ISTIOCTL;
  if (!istioctl) {
    console.log("  istioctl install is left out: FLOTILLA_TEST_ISTIOCTL names none");
    return;
  }
  const install = (beside) => time(istioctl, ["install", "--skip-confirmation", ...istioctlFlags()], beside.env);
  await besides(world, own, "istioctl install", "0.5 ×", { install, repeat: install });
}

/** In turn with another, which has a sandbox of its own: a mesh cannot stand in one twice. */
async function besides(world, own, name, wanted, { install, repeat }) {
  const beside = await world.second();
  const rows = { own: [], other: [] };
  try {
    await install(beside);
    for (let round = 0; round < ROUNDS; round += 1) {
      rows.other.push((await repeat(beside)).seconds);
      rows.own.push((await own()).seconds);
    }
  } finally {
    await beside.close();
  }
  line(name, rows.other);
  line("flotilla up", rows.own, rows.other, wanted);
}
