import { KubeConfig } from "./node_modules/@kubernetes/client-node/dist/config.js";
const k = new KubeConfig(); k.loadFromString("clusters: []\ncontexts: []\nusers: []\ncurrent-context: x\n"); console.log(k.getContexts().length);
