import type { Answers, Question } from "./answers.ts";
import { EXAMPLE_PORT, isExample } from "./example.ts";
import { CLOUDS } from "./guess-platform.ts";
import { NONE, readGateways, readPorts, readWord, readYesNo } from "./words.ts";

/** Asks whether there shall be Istio, and how. */
export function istioQuestion(answers: Answers): Question | null {
  if (answers.istio === undefined) return whetherQuestion(answers);
  if (!answers.istio) return null;
  if (answers.mode === undefined) return modeQuestion(answers);
  return answers.gateways === undefined ? gatewaysQuestion(answers) : null;
}

/** Asks what the ingress gateway opens and to whom, once the app is known. */
export function ingressQuestion(answers: Answers): Question | null {
  if (!answers.istio || !answers.gateways?.includes("ingress")) return null;
  if (answers.ports === undefined) return portsQuestion(answers);
  const decides = (answers.environments ?? []).some(({ profile }) => profile !== null && CLOUDS.includes(profile));
  return decides && answers.exposure === undefined ? exposureQuestion(answers) : null;
}

function whetherQuestion(answers: Answers): Question {
  return {
    lead: [],
    text: "Install Istio as well (y, n)",
    preset: "y",
    take: (line) => {
      const read = readYesNo(line === "" ? "y" : line);
      return "fault" in read ? read.fault : { ...answers, istio: read.value };
    },
  };
}

function modeQuestion(answers: Answers): Question {
  return {
    lead: [],
    text: "How pods join the mesh (sidecar, ambient)",
    preset: "sidecar",
    take: (line) => {
      const read = readWord(line === "" ? "sidecar" : line, ["sidecar", "ambient"] as const, "modes");
      return "fault" in read ? read.fault : { ...answers, mode: read.value };
    },
  };
}

function gatewaysQuestion(answers: Answers): Question {
  return {
    lead: [],
    text: "Gateways (ingress, egress, or both with a comma, or none)",
    preset: "ingress",
    take: (line) => {
      const read = readGateways(line === "" ? "ingress" : line);
      return "fault" in read ? read.fault : { ...answers, gateways: read.value };
    },
  };
}

function portsQuestion(answers: Answers): Question {
  const hasExample = answers.app !== undefined && answers.app !== null && isExample(answers.app);
  const preset = hasExample ? `${EXAMPLE_PORT.name}:${EXAMPLE_PORT.port}` : NONE;
  return {
    lead: [],
    text: "Ports of the ingress gateway beside 80 and 443 (NAME:PORT, with commas)",
    preset,
    take: (line) => {
      const read = readPorts(line === "" ? preset : line);
      return "fault" in read ? read.fault : { ...answers, ports: read.value };
    },
  };
}

function exposureQuestion(answers: Answers): Question {
  return {
    lead: [],
    text: "Who reaches the ingress gateway (internal, public)",
    preset: "internal",
    take: (line) => {
      const read = readWord(line === "" ? "internal" : line, ["internal", "public"] as const, "exposures");
      return "fault" in read ? read.fault : { ...answers, exposure: read.value };
    },
  };
}
