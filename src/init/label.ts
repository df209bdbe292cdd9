import { DNS_LABEL, LABEL_RULE, LONGEST_LABEL } from "../model/names.ts";

/** The DNS label that comes nearest to a text; `fallback` where nothing of it can stand in one. */
export function toLabel(text: string, fallback: string, longest = LONGEST_LABEL): string {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    // Accents that NFKD has set apart.
    .replaceAll(/\p{Mark}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, longest)
    .replace(/-+$/, "");
  return plain === "" ? fallback : plain;
}

/** What is wrong with a name that has to be a DNS label; null when it is one. */
export function labelFault(name: string, longest = LONGEST_LABEL): string | null {
  if (DNS_LABEL.test(name) && name.length <= longest) return null;
  return `"${name}" is no DNS label: ${LABEL_RULE}, at most ${longest} characters`;
}
