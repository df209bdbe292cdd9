import type { GlobalOptions } from "./options.ts";

/** Text that no shell takes apart. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/**
 * A command as somebody who goes on has to type it: with the flags that say which stack file, environment and cluster are
 * meant. Without them it would go on somewhere else.
 * @param words the command and its own flags, such as `["up", "--prune"]`
 */
export function againCommand(words: readonly string[], options: GlobalOptions): string {
  const all = ["flotilla", ...words, ...targetWords(options)];
  return all.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}

function targetWords({ config, environment, context, kubeconfig, sandbox = false }: GlobalOptions): readonly string[] {
  const named = [
    ["-c", config],
    ["-e", environment],
    ["--context", sandbox ? undefined : context],
    ["--kubeconfig", sandbox ? undefined : kubeconfig],
  ] as const;
  const words = named.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
  return sandbox ? [...words, "--sandbox"] : words;
}
