import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { keepArgumentSecrets, maskOutput } from "../../src/cli/mask-output.ts";
import { secrets } from "../../src/runtime/redact.ts";

function written(format: "text" | "json", text: string): string {
  const stream = new PassThrough();
  maskOutput(stream, format);
  stream.write(text);
  return String(stream.read());
}

test("what is written to a stream is masked, also by secrets that came later", () => {
  secrets.add("99887766");
  expect(written("text", "pin 99887766\n")).toBe("pin ***\n");
});

test("a JSON document stays one", () => {
  secrets.add("99887766");
  expect(written("json", '{"pin": 99887766, "text": "99887766"}\n')).toBe('{"pin": 99887766, "text": "***"}\n');
});

test.each(["app.db.password=argument-secret", "--set=app.authToken=argument-secret", "--password=argument-secret"])(
  "what %s assigns is a secret",
  (argument) => {
    keepArgumentSecrets(["up", argument]);
    expect(secrets.text("argument-secret")).toBe("***");
  },
);

test("other arguments are none", () => {
  keepArgumentSecrets(["--set", "app.host=argument-host", "app.existingSecret=argument-name", "app.password=short"]);
  expect(secrets.text("argument-host argument-name short")).toBe("argument-host argument-name short");
});
