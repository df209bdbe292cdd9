import { afterEach } from "vitest";

/** Takes every proxy variable away, for tests that talk to this machine. */
export const NO_PROXIES: Readonly<Record<string, undefined>> = Object.fromEntries(
  ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap((name) => [
    [name, undefined],
    [name.toLowerCase(), undefined],
  ]),
);

/** Sets variables of our own process for one test; `undefined` takes one away. They are as before after the test. */
export function useVariables(): (values: Readonly<Record<string, string | undefined>>) => void {
  const before = new Map<string, string | undefined>();
  const put = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  afterEach(() => {
    for (const [name, value] of before) put(name, value);
    before.clear();
  });
  return (values) => {
    for (const [name, value] of Object.entries(values)) {
      if (!before.has(name)) before.set(name, process.env[name]);
      put(name, value);
    }
  };
}
