import { build } from "esbuild";
const B={js:'import { createRequire as __cr } from "node:module"; const require = __cr(import.meta.url);'};
const common={bundle:true,platform:"node",format:"esm",target:"node20",banner:B,metafile:true,minify:process.argv[2]==="min"};
const rep=(n,r)=>{for(const[f,o]of Object.entries(r.metafile.outputs)){console.log(n,f,o.bytes);const g={};for(const[i,x]of Object.entries(o.inputs)){const m=i.match(/node_modules\/((?:@[^/]+\/)?[^/]+)(\/dist\/gen)?/);const k=m?m[1]+(m[2]??""):"own";g[k]=(g[k]??0)+x.bytesInOutput}console.log(Object.entries(g).sort((a,b)=>b[1]-a[1]).slice(0,14))}};
rep("root",await build({...common,entryPoints:[".exp-a.ts"],outfile:"/tmp/kubeexp/a.mjs"}));
rep("deep",await build({...common,entryPoints:[".exp-b.ts"],outfile:"/tmp/kubeexp/b.mjs"}));
const stub={name:"stub",setup(b){
 b.onResolve({filter:/\/gen\/index\.js$/},a=>({path:"gen",namespace:"stub"}));
 b.onResolve({filter:/^(node-fetch|socks-proxy-agent)$/},a=>({path:a.path,namespace:"stub"}));
 b.onLoad({filter:/.*/,namespace:"stub"},a=>({contents:"export const createConfiguration=null, ServerConfiguration=null, Headers=globalThis.Headers, SocksProxyAgent=null;"}));
}};
rep("stub",await build({...common,entryPoints:[".exp-b.ts"],outfile:"/tmp/kubeexp/c.mjs",plugins:[stub]}));
const ali={name:"ali",setup(b){
 b.onResolve({filter:/^@kubernetes\/client-node$/},a=>({path:process.cwd()+"/node_modules/@kubernetes/client-node/dist/config.js"}));
 b.onResolve({filter:/^\.\/gen\/index\.js$/},a=>a.importer.endsWith("dist/config.js")?({path:"gen",namespace:"stub"}):null);
 b.onLoad({filter:/.*/,namespace:"stub"},a=>({contents:"export const createConfiguration=null, ServerConfiguration=null;"}));
}};
rep("alias+nogen",await build({...common,entryPoints:[".exp-a.ts"],outfile:"/tmp/kubeexp/d.mjs",plugins:[ali]}));
