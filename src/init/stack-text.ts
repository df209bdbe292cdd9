import { appLines, meshLines } from "./app-text.ts";
import type { EnvironmentChoice, StackChoices } from "./choices.ts";
import { istioLines } from "./istio-text.ts";
import { indented, inline, scalar } from "./yaml-text.ts";

/** The text of a stack file that says all this, with comments. @param schema - path or URL of the JSON Schema, for editors */
export function stackText(choices: StackChoices, schema: string): string {
  const sections = [
    header(schema),
    stackLines(choices.stack),
    environmentLines(choices.environments),
    meshLines(choices),
    istioLines(choices),
    appLines(choices),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function header(schema: string): readonly string[] {
  return [
    `# yaml-language-server: $schema=${schema}`,
    "# What flotilla installs, in which versions, and what needs what. Every key: docs/stack-file.md of flotilla.",
    "#",
    "#   flotilla doctor    what stands in the way",
    "#   flotilla lock      pins the charts in flotilla.lock, by version and sha256: commit both files",
    "#   flotilla plan      what up would do",
    "#   flotilla up        does it; run again, it changes nothing",
    "apiVersion: flotilla/v1",
  ];
}

function stackLines(stack: string): readonly string[] {
  return [
    "# Every release below belongs to this name. flotilla refuses to touch another stack's.",
    `stack: ${scalar(stack)}`,
    "",
    "# Versions that this was made for; others are refused.",
    '# requires: { helm: ">=3.18", kubernetes: ">=1.32" }',
  ];
}

function environmentLines(environments: readonly EnvironmentChoice[]): readonly string[] {
  const about =
    "# Where it goes: the platform (profile) and the kubeconfig's context. The first is meant unless -e names another.";
  if (environments.length === 0) {
    return [
      about,
      "# Without any, commands take --context, or the kubeconfig's current context.",
      "# environments:",
      "#   dev: { profile: minikube, context: minikube }",
    ];
  }
  const lines = environments.map(({ name, profile, context }) => {
    const entries = [
      ...(profile === null ? [] : [["profile", scalar(profile)] as const]),
      ...(context === null ? [] : [["context", scalar(context)] as const]),
    ];
    return `${scalar(name)}:${entries.length === 0 ? "" : ` ${inline(entries)}`}`;
  });
  const hint = "# An environment also takes values: { RELEASE: { … } }, on top of the release's own.";
  return [about, "environments:", ...indented([...lines, hint])];
}
