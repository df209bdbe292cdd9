import type { Finding } from "../model/finding.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { fewInWords } from "./in-words.ts";

/** Is what the stack wants to change in other hands? */
export function checkOwners({ installed, gitops }: Facts): readonly Finding[] {
  const refused = (valueOf(installed) ?? []).flatMap(({ refusal }) =>
    refusal === null ? [] : [finding("release-owned", refusal.message, refusal.hint ?? "")],
  );
  const marked = valueOf(gitops) ?? [];
  const owners = [...new Set(marked.map(({ release, owner }) => `${release}\n${owner}`))].map((key) => key.split("\n"));
  const reconciled = owners.map(([release = "", owner = ""]) => {
    const objects = marked
      .filter((each) => each.release === release && each.owner === owner)
      .map(({ object }) => `${object.kind} ${object.namespace ?? ""}/${object.name}`);
    return finding(
      "gitops-owned",
      `Objects of release ${release} belong to ${owner}: ${fewInWords(objects)}. It would undo what flotilla does.`,
      "Take the release out of the stack file, or take it away from the other one first.",
    );
  });
  return [...refused, ...reconciled];
}
