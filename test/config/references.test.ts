import { describe, expect, test } from "vitest";
import { inOneLine, problemsOf, read, type Reading } from "./reading.ts";

const HEAD = "apiVersion: flotilla/v1\nstack: shop\nreleases:\n  - name: app\n    namespace: shop\n    chart: ./app\n";

/** What becomes of a text in a values file, in the stack file and in --set, and the secrets that were told. */
async function resolved(written: string, reading: Reading): Promise<{ values: readonly unknown[]; secrets: string[] }> {
  const secrets: string[] = [];
  const { stack } = await read(`${HEAD}    values: [values/a.yaml, { inline: '${written}' }]\n`, {
    ...reading,
    secrets,
    files: { "values/a.yaml": `file: '${written}'\n`, ...reading.files },
    set: [`app.set=${written}`],
  });
  const { file, inline, set } = stack.releases[0]?.values ?? {};
  return { values: [file, inline, set], secrets: [...new Set(secrets)] };
}

const reading = {
  variables: { PASSWORD: "s3cr3t", PIN: "123456", NONE: "" },
  files: { "keys/tls.key": "BEGIN\nabc\nEND\n", "crlf.txt": "word\r\n", "two.txt": "word\n\n" },
};

describe("secrets", () => {
  test.each([
    ["${secret:env:PASSWORD}", "s3cr3t", "s3cr3t"],
    ["postgres://me:${secret:env:PASSWORD}@db/", "postgres://me:s3cr3t@db/", "s3cr3t"],
    ["${secret:env:PIN}", "123456", "123456"],
    ["${secret:file:keys/tls.key}", "BEGIN\nabc\nEND", "BEGIN\nabc\nEND"],
    ["${secret:file:/stack/crlf.txt}", "word", "word"],
    ["${secret:file:two.txt}", "word\n", "word\n"],
  ])("%s is a text, told as a secret", async (written, value, secret) => {
    expect(await resolved(written, reading)).toEqual({ values: [value, value, value], secrets: [secret] });
  });

  test("$${secret:…} stays as it is", async () => {
    expect(await resolved("$${secret:env:PASSWORD}", reading)).toEqual({
      values: Array(3).fill("${secret:env:PASSWORD}"),
      secrets: [],
    });
  });

  test("are told even when the file has errors, and before anything quotes them", async () => {
    const secrets: string[] = [];
    await problemsOf(HEAD.replace("namespace: shop", 'namespace: "${secret:env:PASSWORD}!"'), { ...reading, secrets });
    expect(new Set(secrets)).toEqual(new Set(["s3cr3t"]));
  });

  test("that are missing are errors with their place, or the path of --set", async () => {
    const text = `${HEAD}    values:
      - { a: "\${secret:env:UNSET}", b: "x \${secret:env:NONE}", c: "\${secret:file:gone.txt}" }
      - { d: "\${secret:file:empty.txt}", e: "\${secret:file:binary}", f: "\${secret:env:PASSWORD:-default}", g: "\${secret:PASSWORD}" }
`;
    const files = { "empty.txt": "\n", binary: "\uFFFD" };
    const problems = await problemsOf(text, { ...reading, files, set: ["app.password=${secret:env:UNSET}"] });
    const keep = (reference: string): string => `or write $${reference} to keep the text as it is`;
    const file = "paths are relative to the stack file; write $${secret:file:… to keep the text as it is";
    const form =
      "write ${secret:env:NAME} or ${secret:file:PATH}, without a default, or $${secret:… to keep the text as it is";
    expect(problems.map(inOneLine)).toEqual([
      `flotilla.yaml:8:15 the variable UNSET, which holds a secret, is not set | set it, ${keep("${secret:env:UNSET}")}`,
      `flotilla.yaml:8:43 the variable NONE, which holds a secret, is empty | set it, ${keep("${secret:env:NONE}")}`,
      `flotilla.yaml:8:68 the secret's file "gone.txt" is not there | ${file}`,
      `flotilla.yaml:9:15 the secret's file "empty.txt" is empty | ${file}`,
      `flotilla.yaml:9:46 the secret's file "binary" is not text in UTF-8 | ${file}`,
      `flotilla.yaml:9:74 \${secret:env:PASSWORD:-default} is no reference to a secret | ${form}`,
      `flotilla.yaml:9:112 \${secret:PASSWORD} is no reference to a secret | ${form}`,
      `--set "app.password": the variable UNSET, which holds a secret, is not set | set it, ${keep("${secret:env:UNSET}")}`,
    ]);
  });
});

test("--set resolves references within a list, and what they stand for stays a text", async () => {
  const { stack } = await read(`${HEAD}    values: []\n`, {
    variables: { PORT: "8080" },
    set: ["app.ports={${env:PORT},80,${env:NONE:-1,2}}", "app.port=${env:PORT}", "app.plain=$${env:PORT}"],
  });
  expect(stack.releases[0]?.values).toEqual({ ports: ["8080", 80, "1,2"], port: "8080", plain: "${env:PORT}" });
});
