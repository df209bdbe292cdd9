import type { Writable } from "node:stream";
import { isSecretKey } from "../model/secret-keys.ts";
import { secrets } from "../runtime/redact.ts";

/** Masks every secret in what is written to a stream from now on: the last net, whoever writes. */
export function maskOutput(stream: Writable, format: "text" | "json"): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  const mask = (text: string): string => (format === "json" ? secrets.jsonText(text) : secrets.text(text));
  stream.write = (chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === "string" ? mask(chunk) : chunk, ...rest);
}

/** So many characters an argument's value needs to count as a secret, as in values files. */
const SHORTEST = 8;

/** Remembers values of arguments such as `app.password=…`: a complaint about the arguments may quote them. */
export function keepArgumentSecrets(args: readonly string[]): void {
  for (const arg of args) {
    const [, key = "", value = ""] = /^(?:--[\w-]+=)?(?:[^=]*\.)?([\w-]+)=(.*)$/s.exec(arg) ?? [];
    if (value.length >= SHORTEST && isSecretKey(key)) secrets.add(value);
  }
}
