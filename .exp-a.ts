import { KubeConfig } from "@kubernetes/client-node";
const k = new KubeConfig(); k.loadFromString("clusters: []\ncontexts: []\nusers: []\ncurrent-context: x\n"); console.log(k.getContexts().length);
