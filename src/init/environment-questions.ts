import { PLATFORMS } from "../catalog/platforms.ts";
import type { Answers, Question, Surroundings } from "./answers.ts";
import type { EnvironmentChoice } from "./choices.ts";
import { guessPlatform, LOCAL } from "./guess-platform.ts";
import { labelFault, toLabel } from "./label.ts";
import { NONE, readPlatform } from "./words.ts";

/** Asks where the stack goes, one environment after the other, until there are no more. */
export function environmentQuestion(answers: Answers, around: Surroundings): Question | null {
  const { draft } = answers;
  if (draft === undefined) return answers.moreEnvironments === false ? null : contextQuestion(answers, around);
  if (draft.context === undefined) return contextQuestion(answers, around);
  if (draft.profile === undefined) return platformQuestion(answers, draft);
  if (draft.name === undefined) return nameQuestion(answers, draft);
  return null;
}

/** The environment is complete once its parts are there. One that flags describe comes first, and so is the default. */
export function withDraft(answers: Answers): Answers {
  const { draft, ...rest } = answers;
  if (draft?.name === undefined || draft.profile === undefined || draft.context === undefined) return answers;
  const { name, profile, context } = draft;
  const [made, others] = [{ name, profile, context }, rest.environments ?? []];
  return { ...rest, environments: rest.moreEnvironments === false ? [made, ...others] : [...others, made] };
}

function contextQuestion(answers: Answers, { contexts }: Surroundings): Question {
  const { draft } = answers;
  const isFurther = draft === undefined && (answers.environments ?? []).length > 0;
  const listed = contexts.map((context, index) => `  ${index + 1}  ${context}`);
  const lead = ["Where does it go? Contexts of your kubeconfig:", ...listed];
  return {
    lead: isFurther || listed.length === 0 ? [] : lead,
    text: `${isFurther ? "Another context" : "Context"}${listed.length === 0 ? "" : ", by number or name"}`,
    preset: NONE,
    take: (line) => {
      if (line === "" || line.toLowerCase() === NONE) {
        // Flags have described an environment: it goes without a context then.
        return draft === undefined ? { ...answers, moreEnvironments: false } : withContext(answers, null);
      }
      const named = contexts.includes(line) ? line : (contexts[Number(line) - 1] ?? line);
      if (/^\d+$/.test(named) && listed.length > 0) return `there are ${listed.length} contexts in the list`;
      return withContext(answers, named);
    },
  };
}

function withContext(answers: Answers, context: string | null): Answers {
  return withDraft({ ...answers, draft: { ...answers.draft, context } });
}

function platformQuestion(answers: Answers, draft: Partial<EnvironmentChoice>): Question {
  const guessed = guessPlatform(draft.context ?? null);
  return {
    lead: [],
    text: `Its platform (${PLATFORMS.filter((name) => name !== "sandbox").join(", ")} or none)`,
    preset: guessed ?? NONE,
    take: (line) => {
      const read = line === "" ? { value: guessed } : readPlatform(line);
      return "fault" in read ? read.fault : withDraft({ ...answers, draft: { ...draft, profile: read.value } });
    },
  };
}

function nameQuestion(answers: Answers, draft: Partial<EnvironmentChoice>): Question {
  const names = (answers.environments ?? []).map(({ name }) => name);
  const preset = freeName(draft, names);
  return {
    lead: [],
    text: "What this environment is called (-e NAME)",
    preset,
    take: (line) => {
      const name = line === "" ? preset : line;
      const fault = names.includes(name) ? `there is an environment "${name}" already` : labelFault(name);
      return fault ?? withDraft({ ...answers, draft: { ...draft, name } });
    },
  };
}

/** `dev` on a machine of one's own and where nobody knows, `prod` elsewhere; else the context's name, or a number. */
function freeName({ profile = null, context = null }: Partial<EnvironmentChoice>, taken: readonly string[]): string {
  const usual = profile === null || LOCAL.includes(profile) ? "dev" : "prod";
  const names = [usual, ...(context === null ? [] : [toLabel(context, usual)])];
  const numbered = Array.from({ length: taken.length + 1 }, (_, index) => `${usual}-${index + 2}`);
  return [...names, ...numbered].find((name) => !taken.includes(name)) ?? usual;
}
