import { ISTIO_SUPPORT } from "../catalog/istio-support.ts";
import type { Answers, Question, Surroundings } from "./answers.ts";
import { appQuestion } from "./app-questions.ts";
import type { AppChoice, IstioChoice, PortChoice, StackChoices } from "./choices.ts";
import { environmentQuestion } from "./environment-questions.ts";
import { EXAMPLE_PORT, isExample } from "./example.ts";
import { ingressQuestion, istioQuestion } from "./istio-questions.ts";
import { labelFault, toLabel } from "./label.ts";

/** What to ask next; null when everything has been said. What an earlier answer makes pointless is never asked. */
export function nextQuestion(answers: Answers, around: Surroundings): Question | null {
  return (
    stackQuestion(answers, around) ??
    environmentQuestion(answers, around) ??
    istioQuestion(answers) ??
    appQuestion(answers, around) ??
    ingressQuestion(answers)
  );
}

function stackQuestion(answers: Answers, { folder }: Surroundings): Question | null {
  if (answers.stack !== undefined) return null;
  const preset = toLabel(folder, "stack");
  return {
    lead: [],
    text: "Name of the stack",
    preset,
    take: (line) => {
      const stack = line === "" ? preset : line;
      return labelFault(stack) ?? { ...answers, stack };
    },
  };
}

/** The choices that complete answers make. */
export function choicesOf(answers: Answers): StackChoices {
  return {
    stack: answers.stack ?? "stack",
    environments: answers.environments ?? [],
    istio: answers.istio ? istioChoice(answers) : null,
    app: appChoice(answers),
  };
}

/** Any patch of the newest minor that this flotilla knows. */
const ISTIO_VERSION = `~${ISTIO_SUPPORT[0]?.minor}.0`;

function istioChoice(answers: Answers): IstioChoice {
  const { istioVersion = ISTIO_VERSION, mode = "sidecar", gateways = [], exposure = null } = answers;
  return { version: istioVersion, mode, gateways, ports: portsOf(answers), exposure };
}

/** The example's routes need their port on the gateway. */
function portsOf({ app, gateways = [], ports = [] }: Answers): readonly PortChoice[] {
  const needs = app !== undefined && app !== null && isExample(app) && gateways.includes("ingress");
  const isOpen = ports.some(({ name, port }) => port === EXAMPLE_PORT.port || name === EXAMPLE_PORT.name);
  return needs && !isOpen ? [EXAMPLE_PORT, ...ports] : ports;
}

function appChoice({ app, release, namespace, chartVersion, mesh, istio }: Answers): AppChoice | null {
  if (app === undefined || app === null || release === undefined || namespace === undefined) return null;
  return { release, namespace, chart: app, version: chartVersion ?? null, mesh: Boolean(istio && mesh) };
}
