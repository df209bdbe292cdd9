import { randomBytes } from "node:crypto";
import { dirname, relative, resolve } from "node:path";
import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { Plan } from "../model/plan.ts";
import type { PlanBinding, PlanChoices, SavedPlan } from "../model/saved-plan.ts";
import { formatSavedPlan } from "../plan/saved-plan-text.ts";
import { writeFileAtomic } from "../runtime/files.ts";
import { packageVersion } from "../runtime/package-version.ts";
import { secrets } from "../runtime/redact.ts";
import { type BindingInput, observeBinding } from "./observe-binding.ts";
import { plannedReleases } from "./planned-releases.ts";
import { holdsSecret } from "./secret-assignment.ts";
import { withoutSecrets } from "./without-secrets.ts";

/** What a plan is saved with. */
export interface SavePlanInput extends BindingInput {
  /** What the plan was made with. */
  readonly choices: PlanChoices;
  /** Whether the cluster is the sandbox's. */
  readonly sandbox: boolean;
}

/**
 * Writes a plan to a file that only its owner can read, whole or not at all. No secret is in it: inputs are hashes, and are
 * resolved anew when the plan is run.
 * @throws FlotillaError `usage` when a `--set` holds a secret, `write-failed` when the file cannot be written
 */
export const savePlan = withoutSecrets(save);

async function save(file: string, plan: Plan, input: SavePlanInput, context: RunContext): Promise<void> {
  const { choices, sandbox, stack } = input;
  for (const entry of choices.set) refuseSecret(entry);
  const saved: SavedPlan = {
    kind: "flotilla-plan",
    format: 1,
    flotilla: packageVersion(),
    savedAt: new Date().toISOString(),
    stackFile: relative(dirname(resolve(file)), stack.file),
    sandbox,
    choices,
    binding: await bindingOf(plan, input, context.signal),
    plan,
  };
  await writeFileAtomic(file, formatSavedPlan(secrets.value(saved)), 0o600);
  const message = `Saved the plan to ${file}: \`flotilla up ${file}\` does this and nothing else.`;
  context.emit({ type: "notice", level: "info", message, hint: null });
}

/** At the revisions that the plan has seen, not those that may have come since. */
async function bindingOf(plan: Plan, input: BindingInput, signal: AbortSignal): Promise<PlanBinding> {
  const saltFor = (isRecorded: boolean): string | null => (isRecorded ? null : randomBytes(16).toString("hex"));
  const binding = await observeBinding(plannedReleases(plan), input, saltFor, signal);
  const seen = plan.steps.flatMap((step) => (step.kind === "release" ? [step] : []));
  const releases = binding.releases.map((bound) => {
    const step = seen.find(({ release, namespace }) => release === bound.release && namespace === bound.namespace);
    return { ...bound, revision: step?.revision ?? null };
  });
  return { ...binding, releases };
}

function refuseSecret(entry: string): void {
  if (!holdsSecret(entry)) return;
  const [path = ""] = entry.split("=");
  throw new FlotillaError("usage", `--set ${path} holds a secret, and a saved plan must hold none.`, {
    hint: `Give it as a reference, which is resolved when the plan is run: --set '${path}=\${secret:env:NAME}'.`,
  });
}
