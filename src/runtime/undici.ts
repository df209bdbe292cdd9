// A module of our own, so that it can be imported lazily: a bundle gives a lazily imported CommonJS package no names.
export { EnvHttpProxyAgent, interceptors, Pool, request } from "undici";
