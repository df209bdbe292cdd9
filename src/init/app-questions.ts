import { LONGEST_RELEASE } from "../model/names.ts";
import type { Answers, Question, Surroundings } from "./answers.ts";
import type { ChartPlace } from "./choices.ts";
import { type ExampleChart, isExample } from "./example.ts";
import { labelFault, toLabel } from "./label.ts";
import { NONE, readApp, readYesNo } from "./words.ts";

/** Asks what shall be installed beside Istio, and how it is called. */
export function appQuestion(answers: Answers, around: Surroundings): Question | null {
  const { app } = answers;
  if (app === undefined) return placeQuestion(answers, around);
  if (app === null) return null;
  if (answers.release === undefined) return nameQuestion(answers, app, around);
  if (answers.namespace === undefined) return namespaceQuestion(answers, answers.release);
  return answers.istio && answers.mesh === undefined ? meshQuestion(answers, app) : null;
}

function placeQuestion(answers: Answers, { charts }: Surroundings): Question {
  // Of several nobody knows which is meant.
  const preset = charts.length === 1 ? (charts[0] ?? NONE) : NONE;
  const several = charts.length > 1 ? [`Charts here: ${charts.join(", ")}`] : [];
  return {
    lead: [
      "Your app: its chart's folder, archive, oci://HOST/PATH/NAME or https://REPOSITORY/NAME; dicom is an example.",
      ...several,
    ],
    text: "Chart",
    preset,
    take: (line) => {
      const read = readApp(line === "" ? preset : line);
      return "fault" in read ? read.fault : { ...answers, app: read.value };
    },
  };
}

/** The last part of a chart's place, without an archive's version. */
function nameOf(app: ChartPlace | ExampleChart, { folder }: Surroundings): string {
  if (isExample(app)) return app.example;
  if (typeof app !== "string") return app.name;
  const last = app
    .replace(/@sha256:.*$/, "")
    .split("/")
    .findLast((part) => part !== "" && part !== ".");
  const stem = last?.replace(/(-\d+\.\d+\.\d+.*)?\.(tgz|tar\.gz)$/, "");
  return stem === undefined || stem === ".." ? folder : stem;
}

function nameQuestion(answers: Answers, app: ChartPlace | ExampleChart, around: Surroundings): Question {
  const preset = toLabel(nameOf(app, around), "app", LONGEST_RELEASE);
  return {
    lead: [],
    text: "Name of its release",
    preset,
    take: (line) => {
      const release = line === "" ? preset : line;
      return labelFault(release, LONGEST_RELEASE) ?? { ...answers, release };
    },
  };
}

function namespaceQuestion(answers: Answers, release: string): Question {
  return {
    lead: [],
    text: "Its namespace",
    preset: release,
    take: (line) => {
      const namespace = line === "" ? release : line;
      return labelFault(namespace) ?? { ...answers, namespace };
    },
  };
}

/** The example guards itself without the mesh too; other apps are mostly the reason for Istio. */
function meshQuestion(answers: Answers, app: ChartPlace | ExampleChart): Question {
  const preset = isExample(app) ? "n" : "y";
  return {
    lead: [],
    text: "Shall its pods join the mesh (y, n)",
    preset,
    take: (line) => {
      const read = readYesNo(line === "" ? preset : line);
      return "fault" in read ? read.fault : { ...answers, mesh: read.value };
    },
  };
}
