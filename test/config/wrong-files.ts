import type { Reading } from "./reading.ts";

/** A wrong stack file and its whole report. */
export interface WrongFile extends Reading {
  readonly name: string;
  readonly text: string;
  readonly report: readonly string[];
}

const HEAD = "apiVersion: flotilla/v1\nstack: shop\n";
const APP = "  - { name: app, namespace: shop, chart: ./app";

export const WRONG_FILES: readonly WrongFile[] = [
  {
    name: "an empty file",
    text: "",
    report: ["flotilla.yaml the file is empty | flotilla init writes one to start from"],
  },
  {
    name: "a file of comments",
    text: "# nothing yet\n",
    report: ["flotilla.yaml the file is empty | flotilla init writes one to start from"],
  },
  {
    name: "a list",
    text: "- name: app\n",
    report: ["flotilla.yaml:1:1 a stack file holds a mapping, not a list | flotilla init writes one to start from"],
  },
  {
    name: "text",
    text: "just words\n",
    report: ["flotilla.yaml:1:1 a stack file holds a mapping, not text | flotilla init writes one to start from"],
  },
  {
    name: "bytes that are no text",
    text: "\u007fELF\u0002\u0001\u0000\u0000",
    report: [
      "flotilla.yaml:1:1 the file is not text: there is a byte here that no YAML file in UTF-8 holds | is it the right file? If it is UTF-16, save it as UTF-8",
    ],
  },
  {
    name: "text in UTF-16",
    text: "\uFFFD\uFFFDa\u0000p\u0000i\u0000",
    report: [
      "flotilla.yaml:1:1 the file is not text: there is a byte here that no YAML file in UTF-8 holds | is it the right file? If it is UTF-16, save it as UTF-8",
    ],
  },
  {
    name: "two documents",
    text: `${HEAD}---\nstack: other\n`,
    report: [
      "flotilla.yaml:4:1 the file holds more than one YAML document | keep one document in a file; remove the line ---",
    ],
  },
  {
    name: "a tab as indent",
    text: `${HEAD}releases:\n\t- name: app\n`,
    report: ["flotilla.yaml:4:1 wrong YAML: Tabs are not allowed as indentation | indent with spaces"],
  },
  {
    name: "a bracket that stays open",
    text: `${HEAD}releases: [{ name: app\n`,
    report: [
      "flotilla.yaml:4:1 wrong YAML: Flow map in block collection must be sufficiently indented and end with a } | a bracket or brace above is never closed, or this line is indented too little",
    ],
  },
  {
    name: "a quote that stays open",
    text: `apiVersion: "flotilla/v1\nstack: shop\n`,
    report: [
      'flotilla.yaml:3:1 wrong YAML: Missing closing "quote | a quote, bracket or brace that is opened above is never closed',
    ],
  },
  {
    name: "a colon in plain text",
    text: `${HEAD}state: namespace: x\n`,
    report: [
      "flotilla.yaml:3:8 wrong YAML: Nested mappings are not allowed in compact mappings | put text that holds a colon and a blank into quotes",
    ],
  },
  {
    name: "slips on several lines",
    text: `${HEAD}istio: !chart x\nstate: *nowhere\ndefaults: a: b\n`,
    report: [
      "flotilla.yaml:3:8 wrong YAML: Unresolved tag: !chart | remove the tag, or put the text into quotes",
      "flotilla.yaml:5:11 wrong YAML: Nested mappings are not allowed in compact mappings | put text that holds a colon and a blank into quotes",
    ],
  },
  {
    name: "an anchor that is not there",
    text: `${HEAD}state: *nowhere\n`,
    report: ["flotilla.yaml:3:8 there is no anchor &nowhere above this alias"],
  },
  {
    name: "an anchor that holds itself",
    text: `${HEAD}namespaces: &a\n  shop: *a\n`,
    report: ["flotilla.yaml:4:9 the alias *a holds itself"],
  },
  {
    name: "a key twice",
    text: `${HEAD}stack: store\n`,
    report: ['flotilla.yaml:3:1 the key "stack" stands here twice | remove one of the two'],
  },
  { name: "a key that is a list", text: `${HEAD}? [a]\n: 1\n`, report: ["flotilla.yaml:3:3 a key must be plain text"] },
  {
    name: "nothing but the header's absence",
    text: "releases: []\n",
    report: [
      'flotilla.yaml:1:1 the file needs the key "apiVersion" | add the line apiVersion: flotilla/v1',
      'flotilla.yaml:1:1 the file needs the key "stack" | name the stack, such as stack: my-app',
    ],
  },
  {
    name: "another version",
    text: "apiVersion: flotilla/v2\nstack: shop\n",
    report: ['flotilla.yaml:1:13 apiVersion must be "flotilla/v1", not "flotilla/v2" | did you mean "flotilla/v1"?'],
  },
  {
    name: "unknown keys, some near",
    text: `${HEAD}relases: []\nstat: {}\nzzzzzz: 1\n`,
    report: [
      'flotilla.yaml:3:1 unknown key "relases" in the file | did you mean "releases"?',
      'flotilla.yaml:4:1 unknown key "stat" in the file | did you mean "state"?',
      'flotilla.yaml:5:1 unknown key "zzzzzz" in the file | known keys: apiVersion, stack, requires, environments, sources, namespaces, istio, releases, defaults, state',
    ],
  },
  {
    name: "a mistyped key in a release, and a need on it",
    text: `${HEAD}releases:\n  - nmae: db\n    namespace: shop\n    chart: ./db\n  - name: app\n    namespace: shop\n    chart: ./app\n    needs: [db]\n`,
    report: [
      'flotilla.yaml:4:5 releases[0] needs the key "name"',
      'flotilla.yaml:4:5 unknown key "nmae" in releases[0] | did you mean "name"?',
    ],
  },
  {
    name: "keys of the contract that are reserved",
    text: `${HEAD}istio: { revisions: {}, tags: [], defaultRevision: a, external: true, externl: true }\n`,
    report: [
      'flotilla.yaml:3:10 "revisions" in istio is reserved: a later version will read it, for several control planes side by side (canary upgrades) | remove the key',
      'flotilla.yaml:3:25 "tags" in istio is reserved: a later version will read it, for names for revisions (canary upgrades) | remove the key',
      'flotilla.yaml:3:35 "defaultRevision" in istio is reserved: a later version will read it, for the revision that unlabelled namespaces get (canary upgrades) | remove the key',
      'flotilla.yaml:3:55 "external" in istio is reserved: a later version will read it, for an istiod that others run | remove the key',
      'flotilla.yaml:3:71 unknown key "externl" in istio | known keys: version, source, mode, namespace, hub, imagePullSecrets, repairInjection, values, forceConflicts, base, cni, ztunnel, gateways',
    ],
  },
  {
    name: "wrong types everywhere",
    text: `apiVersion: flotilla/v1
stack: 12
environments: [dev]
istio: { version: 1.30, imagePullSecrets: login, gateways: [] }
releases:
  - { name: true, namespace: [shop], chart: 3, needs: db, values: { a: 1 }, wait: true }
  - text
defaults: { timeout: 10, parallel: many }
state:
`,
    report: [
      'flotilla.yaml:2:8 stack must be text, not 12 | put it into quotes: "12"',
      "flotilla.yaml:3:15 environments must be a mapping, not a list",
      'flotilla.yaml:4:19 istio.version must be text, not 1.3 | put it into quotes: "1.30"',
      "flotilla.yaml:4:43 istio.imagePullSecrets must be a list, not text | put it into brackets, [ … ], or after a hyphen on a line of its own",
      "flotilla.yaml:4:60 istio.gateways must be a mapping, not a list",
      'flotilla.yaml:6:13 releases[0].name must be text, not true | put it into quotes: "true"',
      "flotilla.yaml:6:30 releases[0].namespace must be text, not a list",
      'flotilla.yaml:6:45 releases[0].chart must be text or a mapping, not 3 | put it into quotes: "3"',
      "flotilla.yaml:6:55 releases[0].needs must be a list, not text | put it into brackets, [ … ], or after a hyphen on a line of its own",
      "flotilla.yaml:6:67 releases[0].values must be a list, not a mapping | put it into brackets, [ … ], or after a hyphen on a line of its own",
      "flotilla.yaml:6:83 releases[0].wait must be false or a mapping, not true",
      "flotilla.yaml:7:5 releases[1] must be a mapping, not text",
      "flotilla.yaml:8:22 defaults.timeout must be text, not 10 | give it a unit: 10s, 10m",
      "flotilla.yaml:8:36 defaults.parallel must be a whole number, not text",
      "flotilla.yaml:9:7 state must be a mapping, not empty",
    ],
  },
  {
    name: "an empty item in releases",
    text: `${HEAD}releases:\n  -\n${APP} }\n`,
    report: ["flotilla.yaml:4:4 releases[0] must be a mapping, not empty"],
  },
  {
    name: "a chart with a slip inside",
    text: `${HEAD}releases:\n  - { name: app, namespace: shop, chart: { sauce: "https://charts.example", name: app } }\n`,
    report: [
      'flotilla.yaml:4:35 releases[0].chart needs the key "source"',
      'flotilla.yaml:4:44 unknown key "sauce" in releases[0].chart | known keys: source, name',
    ],
  },
  {
    name: "a word that is none of the few",
    text: `${HEAD}istio:\n  gateways:\n    in: { role: ingres, namespace: gw, exposure: open }\n`,
    report: [
      'flotilla.yaml:5:17 istio.gateways.in.role must be "ingress" or "egress", not "ingres" | did you mean "ingress"?',
      'flotilla.yaml:5:50 istio.gateways.in.exposure must be "internal" or "public", not "open"',
    ],
  },
  {
    name: "names that are no DNS labels",
    text: `apiVersion: flotilla/v1
stack: My_Shop
environments: { Dev: {} }
namespaces: { "sh op": {} }
istio: { gateways: { In.gress: { role: ingress, namespace: gw_1 } } }
releases:
  - { name: -app, namespace: Shop, chart: ./app }
  - { name: ${"a".repeat(54)}, namespace: shop, chart: ./app }
state: { namespace: flotilla_system }
`,
    report: [
      "flotilla.yaml:2:8 stack: the name of a stack is a DNS label: lower-case letters, digits and hyphens, a letter or digit first and last, at most 63 characters",
      "flotilla.yaml:3:17 environments.Dev: the name of an environment is a DNS label: lower-case letters, digits and hyphens, a letter or digit first and last, at most 63 characters",
      "flotilla.yaml:4:15 namespaces.sh op: the name of a namespace is a DNS label: lower-case letters, digits and hyphens, a letter or digit first and last, at most 63 characters",
      "flotilla.yaml:5:22 istio.gateways.In.gress: the name of a release is a DNS label: lower-case letters, digits and hyphens, a letter or digit first and last, at most 53 characters",
      "flotilla.yaml:5:60 istio.gateways.In.gress.namespace: the name of a namespace is a DNS label: lower-case letters, digits and hyphens, a letter or digit first and last, at most 63 characters",
      "flotilla.yaml:7:13 releases[0].name: the name of a release is a DNS label: lower-case letters, digits and hyphens, a letter or digit first and last, at most 53 characters",
      "flotilla.yaml:7:30 releases[0].namespace: the name of a namespace is a DNS label: lower-case letters, digits and hyphens, a letter or digit first and last, at most 63 characters",
      "flotilla.yaml:8:13 releases[1].name: the name of a release is a DNS label: lower-case letters, digits and hyphens, a letter or digit first and last, at most 53 characters",
      "flotilla.yaml:9:21 state.namespace: the name of a namespace is a DNS label: lower-case letters, digits and hyphens, a letter or digit first and last, at most 63 characters",
    ],
  },
  {
    name: "a need that is not there",
    text: `${HEAD}releases:\n  - { name: database, namespace: shop, chart: ./db }\n${APP}, needs: [datbase, elsewhere] }\n`,
    report: [
      'flotilla.yaml:5:57 "app" needs "datbase", but there is no such release | did you mean "database"?',
      'flotilla.yaml:5:66 "app" needs "elsewhere", but there is no such release | releases: database',
    ],
  },
  {
    name: "releases that wait for each other",
    text: `${HEAD}releases:
  - { name: a, namespace: shop, chart: ./a, needs: [b] }
  - { name: b, namespace: shop, chart: ./b, needs: [c, d] }
  - { name: c, namespace: shop, chart: ./c, needs: [a] }
  - { name: d, namespace: shop, chart: ./d, needs: [d] }
`,
    report: [
      "flotilla.yaml:6:53 releases that wait for themselves: a → b → c → a | remove one of these needs",
      "flotilla.yaml:7:53 releases that wait for themselves: d → d | remove one of these needs",
    ],
  },
  {
    name: "names used twice, Istio's and a gateway's included",
    text: `${HEAD}istio: { gateways: { ingress: { role: ingress, namespace: gw }, istio-base: { role: egress, namespace: gw } } }
releases:
  - { name: ingress, namespace: shop, chart: ./a }
  - { name: istiod, namespace: shop, chart: ./a }
${APP} }
${APP} }
`,
    report: [
      'flotilla.yaml:3:65 two releases are named "istio-base" | the istio section brings a release of this name',
      'flotilla.yaml:5:13 two releases are named "ingress" | first used in line 3',
      'flotilla.yaml:6:13 two releases are named "istiod" | the istio section brings a release of this name',
      'flotilla.yaml:8:13 two releases are named "app" | first used in line 7',
    ],
  },
  {
    name: "versions that are no ranges, and one where there is nothing to choose",
    text: `${HEAD}requires: { helm: latest }
istio: { version: ">=1.30, <1.32" }
releases:
  - { name: a, namespace: shop, chart: { source: "https://charts.example", name: a }, version: newest }
  - { name: b, namespace: shop, chart: "oci://charts.example/b", version: "" }
  - { name: c, namespace: shop, chart: ./c, version: ^1.0.0 }
  - { name: d, namespace: shop, chart: ./d-1.0.0.tgz, version: ^1.0.0 }
`,
    report: [
      'flotilla.yaml:3:19 "latest" is no semver range | such as 1.2.3, ~1.31.0, ^1.2 or >=1.2 <2',
      'flotilla.yaml:4:19 ">=1.30, <1.32" is no semver range | part the conditions with a blank: >=1.2 <2',
      'flotilla.yaml:6:96 "newest" is no semver range | such as 1.2.3, ~1.31.0, ^1.2 or >=1.2 <2',
      'flotilla.yaml:7:75 "" is no semver range | such as 1.2.3, ~1.31.0, ^1.2 or >=1.2 <2',
      'flotilla.yaml:8:45 "c" takes its chart from a folder, which has just one version | remove version',
      'flotilla.yaml:9:55 "d" takes its chart from an archive, which has just one version | remove version',
    ],
  },
  {
    name: "charts that are none",
    text: `${HEAD}releases:
  - { name: a, namespace: shop, chart: charts/a }
  - { name: b, namespace: shop, chart: "https://charts.example/b.tgz" }
  - { name: c, namespace: shop, chart: { source: corp, name: c } }
  - { name: d, namespace: shop, chart: { source: "https://me:secret@charts.example", name: d } }
  - { name: e, namespace: shop, chart: "oci://charts.example/e:1.0.0" }
  - { name: f, namespace: shop, chart: { source: "ftp://charts.example", name: f } }
  - { name: g, namespace: shop, chart: "oci://" }
  - { name: h, namespace: shop, chart: "oci://charts.example/h@sha256:zz" }
`,
    report: [
      'flotilla.yaml:4:40 "charts/a" is no chart | write ./charts/a for a folder, or { source: …, name: … } for a chart in a repository',
      "flotilla.yaml:5:40 a URL alone is no chart | name the repository and the chart: { source: https://…, name: … }",
      'flotilla.yaml:6:50 there is no source "corp" | name it under sources, write the URL itself, or ./corp for a folder',
      "flotilla.yaml:7:50 a URL in a stack file must not carry credentials | name the source under sources with username and password, or log in with helm registry login",
      "flotilla.yaml:8:40 an OCI chart is named without its tag or digest | put the version under version:",
      "flotilla.yaml:9:50 a source is http(s)://…, oci://… or a folder (./…)",
      "flotilla.yaml:10:40 this is no URL that anybody could open",
      "flotilla.yaml:11:40 this digest is none: sha256: stands before 64 hex digits, 0-9 and a-f | copy the whole digest, or leave it out and put a version under version:",
    ],
  },
  {
    name: "graces that are none",
    text: `${HEAD}releases:\n${APP}, wait: { giveUp: { image-pul: 30s, quota: soon, crash-loop: 5 } } }\n`,
    report: [
      'flotilla.yaml:4:67 unknown key "image-pul" in releases[0].wait.giveUp | did you mean "image-pull"?',
      "flotilla.yaml:4:90 releases[0].wait.giveUp.quota: it is a duration (0s, 90s, 10m) or never",
      "flotilla.yaml:4:108 releases[0].wait.giveUp.crash-loop must be text, not 5 | give it a unit: 5s, 5m",
    ],
  },
  {
    name: "durations and numbers that are none",
    text: `${HEAD}defaults: { timeout: 5 minutes, parallel: 0 }
releases:
${APP}, wait: { timeout: 0s } }
  - { name: b, namespace: shop, chart: ./b, wait: { timeout: 1h 30m } }
`,
    report: [
      "flotilla.yaml:3:22 defaults.timeout: a duration is a number with a unit: 90s, 10m, 1h30m",
      "flotilla.yaml:3:43 defaults.parallel: parallel is a number from 1 to 64",
      "flotilla.yaml:5:66 a timeout is longer than nothing | wait: false does not wait at all",
      "flotilla.yaml:6:62 releases[1].wait.timeout: a duration is a number with a unit: 90s, 10m, 1h30m",
    ],
  },
  {
    name: "a number that JSON cannot carry",
    text: `${HEAD}releases:\n${APP}, values: [{ account: 12345678901234567890, ratio: .inf }] }\n`,
    report: [
      'flotilla.yaml:4:69 this number cannot be carried exactly | put it into quotes: "12345678901234567890"',
      'flotilla.yaml:4:98 this number cannot be carried exactly | put it into quotes: ".inf"',
    ],
  },
  {
    name: "ports that are taken, out of range or not whole",
    text: `${HEAD}istio:
  gateways:
    in:
      role: ingress
      namespace: gw
      ports:
        - { name: https, port: 8443 }
        - { name: dicom, port: 443 }
        - { name: dicom, port: 70000 }
        - { name: db, port: 5432 }
    out:
      role: egress
      namespace: gw
      ports: [{ name: half, port: 1.5 }, { name: smtp }]
`,
    report: [
      'flotilla.yaml:9:19 "in" has two ports named "https" | every gateway has 15021 (status-port), 80 (http2), 443 (https) already',
      'flotilla.yaml:10:32 "in" has the port 443 twice | every gateway has 15021 (status-port), 80 (http2), 443 (https) already',
      'flotilla.yaml:11:19 "in" has two ports named "dicom" | every gateway has 15021 (status-port), 80 (http2), 443 (https) already',
      "flotilla.yaml:11:32 istio.gateways.in.ports[2].port: a port is a number from 1 to 65535",
      "flotilla.yaml:16:35 istio.gateways.out.ports[0].port must be a whole number, not 1.5",
      'flotilla.yaml:16:42 istio.gateways.out.ports[1] needs the key "port"',
    ],
  },
  {
    name: "a gateway where no proxy gets in, and labels that are none",
    text: `${HEAD}namespaces:
  gw: { labels: { istio-injection: disabled, "a b": x, team: "a/b", on: true } }
istio: { gateways: { in: { role: ingress, namespace: gw } } }
`,
    report: [
      'flotilla.yaml:4:36 the gateway "in" runs in "gw", where istio-injection=disabled keeps its proxy out | remove the label, or give the gateway another namespace',
      'flotilla.yaml:4:46 "a b" cannot be the key of a label or an annotation | letters, digits, - _ . and one / after a prefix',
      'flotilla.yaml:4:62 "a/b" cannot be the value of a label | letters, digits, - _ . and at most 63 of them',
      'flotilla.yaml:4:73 namespaces.gw.labels.on must be text, not true | put it into quotes: "true"',
    ],
  },
  {
    name: "environments that change what is not there",
    text: `${HEAD}environments:
  dev: { profile: minicube, values: { ap: { a: 1 } } }
  prod: { releases: { db: { enabled: false }, app: { enable: false } }, valeus: {} }
releases:
${APP} }
`,
    report: [
      'flotilla.yaml:4:19 there is no profile "minicube" | did you mean "minikube"?',
      'flotilla.yaml:4:39 the environment "dev" changes "ap", but there is no such release | did you mean "app"?',
      'flotilla.yaml:5:23 the environment "prod" changes "db", but there is no such release | releases: app',
      'flotilla.yaml:5:54 unknown key "enable" in environments.prod.releases.app | did you mean "enabled"?',
      'flotilla.yaml:5:73 unknown key "valeus" in environments.prod | did you mean "values"?',
    ],
  },
  {
    name: "an environment that is not there",
    text: `${HEAD}environments: { dev: {}, prod: {} }\n`,
    environment: "prd",
    report: ['flotilla.yaml:3:1 there is no environment "prd" | did you mean "prod"?'],
  },
  {
    name: "an environment where there are none",
    text: HEAD,
    environment: "prod",
    report: ['flotilla.yaml:1:1 there is no environment "prod" | there are no environments'],
  },
  {
    name: "a need that the environment goes without",
    text: `${HEAD}environments: { prod: { releases: { db: { enabled: false } } } }
releases:
  - { name: db, namespace: shop, chart: ./db }
${APP}, needs: [db] }
`,
    report: [
      'flotilla.yaml:6:57 "app" needs "db", which the environment "prod" goes without | remove the need, or disable "app" as well',
    ],
  },
  {
    name: "an environment without what takes pods into the mesh",
    text: `${HEAD}environments: { prod: { releases: { istiod: { enabled: false }, istio-base: { enabled: false }, out: { enabled: false } } } }
namespaces: { shop: { labels: { istio-injection: enabled } } }
istio: { gateways: { in: { role: ingress, namespace: gw }, out: { role: egress, namespace: gw } } }
releases:
${APP} }
  - { name: other, namespace: elsewhere, chart: ./other }
  - { name: told, namespace: shop, chart: ./told, needs: [istiod] }
`,
    report: [
      'warning flotilla.yaml:3:37 the environment "prod" goes without "istiod": "in", "app" count on one that others run there, and nothing waits for it | where nobody runs one, disable them as well: pods would wait for their proxies in vain',
      'flotilla.yaml:9:59 "told" needs "istiod", which the environment "prod" goes without | remove the need, or disable "told" as well',
    ],
  },
  {
    name: "charts that are not there",
    text: `${HEAD}environments: { dev: { releases: { less: { enabled: false } } } }
releases:
  - { name: app, namespace: shop, chart: ./charts/ap }
  - { name: db, namespace: shop, chart: ../db-1.0.0.tgz }
  - { name: text, namespace: shop, chart: ./notes }
  - { name: less, namespace: shop, chart: ./less }
`,
    files: { "charts/app/Chart.yaml": "", "charts/ape": "", notes: "" },
    missing: ["charts/ap", "/db-1.0.0.tgz", "less"],
    report: [
      'flotilla.yaml:5:42 there is no folder "./charts/ap" | did you mean "./charts/app"?',
      'flotilla.yaml:6:41 there is no archive "../db-1.0.0.tgz" | looked for /db-1.0.0.tgz; paths are relative to the stack file',
      'flotilla.yaml:7:43 "./notes" is a file, and no chart\'s folder | looked for notes; paths are relative to the stack file',
    ],
  },
  {
    name: "a profile with slips",
    text: HEAD,
    sandbox: true,
    profiles: { sandbox: "releases: { istiod: [] }\ngateway: {}\n" },
    report: [
      "values/sandbox.yaml:1:21 releases.istiod must be a mapping, not a list",
      'values/sandbox.yaml:2:1 unknown key "gateway" in the file | did you mean "gateways"?',
    ],
  },
  {
    name: "values files: missing, a list, broken, and with an unknown variable",
    text: `${HEAD}releases:\n${APP}, values: [none.yaml, list.yaml, broken.yaml, variable.yaml] }\n`,
    files: {
      "list.yaml": "- a\n",
      "broken.yaml": "a: 1\nb: [\n",
      "variable.yaml": "a: 1\nurl: http://${env:HOST}/\n",
    },
    report: [
      'flotilla.yaml:4:58 there is no values file "none.yaml" | looked for none.yaml; paths are relative to the stack file',
      "broken.yaml:3:1 wrong YAML: Flow sequence in block collection must be sufficiently indented and end with a ] | a bracket or brace above is never closed, or this line is indented too little",
      "list.yaml:1:1 a values file holds a mapping, not a list",
      "variable.yaml:2:13 the variable HOST is not set | set it, give it a default as in ${env:HOST:-…}, or write $${env:HOST} to keep the text as it is",
    ],
  },
  {
    name: "variables that are not set or badly written, and secrets",
    text: `${HEAD}releases:\n${APP}, values: [{ a: "x \${env:HOST}", b: "\${env:1ST}", c: "\${secret:env:TOKEN}" }] }\n`,
    report: [
      "flotilla.yaml:4:66 the variable HOST is not set | set it, give it a default as in ${env:HOST:-…}, or write $${env:HOST} to keep the text as it is",
      "flotilla.yaml:4:84 ${env:1ST} is no reference to a variable | write ${env:NAME} or ${env:NAME:-default}, or $${env:… to keep the text as it is",
      "flotilla.yaml:4:101 the variable TOKEN, which holds a secret, is not set | set it, or write $${secret:env:TOKEN} to keep the text as it is",
    ],
  },
  {
    name: "assignments that are none",
    text: `${HEAD}releases:\n${APP} }\n`,
    set: ["app.a", "app=1", "app..a=1", "ap.a=secret", "app.list[0]=x"],
    report: [
      "--set an assignment without = | write --set RELEASE.path=value",
      '--set "app" is no RELEASE.path | write --set RELEASE.path=value',
      '--set "app..a" is no RELEASE.path | write --set RELEASE.path=value',
      '--set "ap.a": there is no release "ap" | did you mean "app"?',
      '--set "app.list[0]": single items of a list cannot be set | set the whole list: {a,b}',
    ],
  },
  {
    name: "everything at once, from the stack file down to a values file",
    text: `${HEAD}istio: { version: ~1.31.0, source: https://istio-release.storage.googleapis.com/charts, gateway: {} }
releases:
${APP}, needs: [istio-bse], values: [app.yaml], version: 1 }
`,
    files: { "app.yaml": "a: 1\na: 2\n" },
    report: [
      "warning flotilla.yaml:3:36 Istio removes istio-release.storage.googleapis.com in December 2026 | use https://blob.istio.io/istio-release/charts",
      'flotilla.yaml:3:89 unknown key "gateway" in istio | did you mean "gateways"?',
      'flotilla.yaml:5:57 "app" needs "istio-bse", but there is no such release | did you mean "istio-base"?',
      'flotilla.yaml:5:98 releases[0].version must be text, not 1 | put it into quotes: "1"',
      'app.yaml:2:1 the key "a" stands here twice | remove one of the two',
    ],
  },
  {
    name: "a release that does not fit hides nothing of the next one",
    text: `${HEAD}releases:\n  - { name: db, chart: 1 }\n${APP}, version: new, needs: [db, dbb] }\n`,
    report: [
      'flotilla.yaml:4:5 releases[0] needs the key "namespace"',
      'flotilla.yaml:4:24 releases[0].chart must be text or a mapping, not 1 | put it into quotes: "1"',
      'flotilla.yaml:5:49 "app" takes its chart from a folder, which has just one version | remove version',
      'flotilla.yaml:5:58 "new" is no semver range | such as 1.2.3, ~1.31.0, ^1.2 or >=1.2 <2',
      'flotilla.yaml:5:75 "app" needs "dbb", but there is no such release | did you mean "db"?',
    ],
  },
  {
    name: "sources that are none, and names that are near one",
    text: `${HEAD}sources:
  corp: { url: oci://charts.example/mirror, username: me }
  shelf: { url: ./shelf, caFile: ca.pem, username: me, password: "\${env:PASSWORD}" }
  old: { url: ftp://charts.example }
  Bad: { url: https://charts.example }
  void: { uri: https://charts.example }
istio: { source: crop }
releases:
  - { name: a, namespace: shop, chart: { source: corpp, name: a } }
  - { name: b, namespace: shop, chart: { source: elsewhere, name: b } }
  - { name: c, namespace: shop, chart: { source: old, name: c } }
  - { name: d, namespace: shop, chart: { source: void, name: d } }
`,
    variables: { PASSWORD: "x" },
    files: { "ca.pem": "-----BEGIN CERTIFICATE-----\n" },
    report: [
      'flotilla.yaml:4:45 "corp" has a username, but no password | write both, or neither for the logins of Helm and Docker',
      'flotilla.yaml:5:26 "shelf" is a folder, which needs no caFile',
      'flotilla.yaml:5:42 "shelf" is a folder, which needs no username',
      'flotilla.yaml:5:56 "shelf" is a folder, which needs no password',
      "flotilla.yaml:6:15 a source is http(s)://…, oci://… or a folder (./…)",
      "flotilla.yaml:7:3 sources.Bad: the name of a source is a DNS label: lower-case letters, digits and hyphens, a letter or digit first and last, at most 63 characters",
      'flotilla.yaml:8:3 sources.void needs the key "url"',
      'flotilla.yaml:8:11 unknown key "uri" in sources.void | did you mean "url"?',
      'flotilla.yaml:9:18 there is no source "crop" | did you mean "corp"?',
      'flotilla.yaml:11:50 there is no source "corpp" | did you mean "corp"?',
      'flotilla.yaml:12:50 there is no source "elsewhere" | name it under sources, write the URL itself, or ./elsewhere for a folder; sources: corp, shelf, old, Bad, void',
    ],
  },
  {
    name: "a source's password in the open, its authority missing, or no certificate",
    text: `${HEAD}sources:
  plain: { url: http://charts.example, caFile: none.pem, username: me, password: hunter2 }
  retired: { url: oci://gcr.io/istio-release/charts, caFile: key.txt }
`,
    files: { "key.txt": "not a certificate\n" },
    report: [
      'warning flotilla.yaml:4:17 "plain" sends its password over plain http, for everybody to read | use https://',
      'flotilla.yaml:4:48 there is no file "none.pem" | looked for none.pem; paths are relative to the stack file',
      'warning flotilla.yaml:4:82 the password of "plain" stands in the file in clear | write ${secret:env:NAME} or ${secret:file:PATH}',
      "warning flotilla.yaml:5:19 Istio removes gcr.io/istio-release in December 2026 | use https://blob.istio.io/istio-release/charts",
      'flotilla.yaml:5:62 "key.txt" holds no certificate in PEM form',
    ],
  },
  {
    name: "pull secrets that are none, twice or there already",
    text: `${HEAD}namespaces:
  shop: { pullSecretsFrom: [Login, a/b/c] }
  gw: { pullSecretsFrom: [login, vault/login, gw/own] }
  other: { pullSecretsFrom: login }
  flotilla-system: { pullSecretsFrom: [login] }
`,
    report: [
      "flotilla.yaml:4:29 namespaces.shop.pullSecretsFrom[0]: a Secret is named NAME (in the state namespace) or NAMESPACE/NAME",
      "flotilla.yaml:4:36 namespaces.shop.pullSecretsFrom[1]: a Secret is named NAME (in the state namespace) or NAMESPACE/NAME",
      'flotilla.yaml:5:34 two Secrets named "login" are copied into "gw" | remove one of the two',
      'flotilla.yaml:5:47 the Secret "own" is in "gw" already | remove it, or name it as NAMESPACE/NAME',
      "flotilla.yaml:6:29 namespaces.other.pullSecretsFrom must be a list, not text | put it into brackets, [ … ], or after a hyphen on a line of its own",
      'flotilla.yaml:7:40 the Secret "login" is in "flotilla-system" already | remove it, or name it as NAMESPACE/NAME',
    ],
  },
  {
    name: "manifests: nothing found, beside a chart, with a version, empty",
    text: `${HEAD}releases:
  - { name: a, namespace: shop, manifests: [crds/*.yaml, none.yaml, "crds/**/*.yml", crds, ""] }
  - { name: b, namespace: shop, chart: ./b, manifests: [crds/a.yaml] }
  - { name: c, namespace: shop, manifests: [crds/a.yaml], version: ^1.0.0 }
  - { name: d, namespace: shop, manifests: [] }
  - { name: e, namespace: shop, manifests: crds/a.yaml }
  - { name: f, namespace: shop, manifest: [crds/a.yaml] }
`,
    files: { "crds/a.yaml": "", "crds/b/c.json": "" },
    report: [
      'flotilla.yaml:4:58 "none.yaml" matches no file | paths are relative to the stack file; * ? and ** stand for parts of names and for folders',
      'flotilla.yaml:4:69 "crds/**/*.yml" matches no file | paths are relative to the stack file; * ? and ** stand for parts of names and for folders',
      'flotilla.yaml:4:86 "crds" matches no file | write crds/*.yaml for the files of a folder',
      "flotilla.yaml:4:92 releases[0].manifests[4]: an entry names files",
      'flotilla.yaml:5:45 "b" has both a chart and manifests | keep one of the two; a release of its own can hold the other',
      'flotilla.yaml:6:59 "c" is made of manifests, which have no version | remove version',
      "flotilla.yaml:7:44 releases[3].manifests: name at least one file",
      "flotilla.yaml:8:44 releases[4].manifests must be a list, not text | put it into brackets, [ … ], or after a hyphen on a line of its own",
      'flotilla.yaml:9:5 releases[5] needs the key "chart" or "manifests" | chart: ./charts/app, an archive, oci://…, or { source: …, name: … }; or manifests: [files/*.yaml]',
      'flotilla.yaml:9:33 unknown key "manifest" in releases[5] | did you mean "manifests"?',
    ],
  },
  {
    name: "conditions to wait for that say too little, too much or the wrong thing",
    text: `${HEAD}releases:
${APP}, wait: { engine: helmm, for: {} } }
  - name: db
    namespace: shop
    chart: ./db
    wait:
      for:
        - { apiVersion: v1, kind: Pod }
        - { apiVersion: v1, kind: Pod, name: db, selector: { app: db }, condition: Ready, jsonPath: "{.a}" }
        - { apiVersion: v1, kind: Pod, selector: {}, condition: Ready = False }
        - { apiVersion: v1, kind: Pod, name: db, condition: Ready, value: "False" }
        - { apiVersion: v1, kind: Pod, name: db, jsonPath: "{.status[}" }
        - { apiVersion: apps, kind: deployment, name: db, condition: Ready }
        - { kind: Pod, name: db, condition: Ready, vlaue: x }
        - { apiVersion: v1, kind: Pod, name: db, jsonPath: .a, value: true }
`,
    report: [
      'flotilla.yaml:4:65 releases[0].wait.engine must be "auto" or "watch" or "helm", not "helmm" | did you mean "helm"?',
      "flotilla.yaml:4:77 releases[0].wait.for must be a list, not a mapping | put it into brackets, [ … ], or after a hyphen on a line of its own",
      "flotilla.yaml:10:11 a condition needs a name or a selector | name: NAME, or selector: { app: web }",
      'flotilla.yaml:10:11 a condition says what must hold: condition or jsonPath | condition: Ready, or jsonPath: "{.status.phase}" and value: Running',
      "flotilla.yaml:11:50 a condition has a name or a selector, not both | keep one of the two",
      "flotilla.yaml:11:91 a condition says either condition or jsonPath, not both | keep one of the two; two entries can hold one each",
      "flotilla.yaml:12:40 a selector names a label at least | selector: { app: web }",
      'flotilla.yaml:12:54 "Ready = False" is no condition | write Ready or Ready=False',
      "flotilla.yaml:13:68 value belongs to jsonPath | write it into the condition: Ready=False",
      'flotilla.yaml:14:50 "{.status[}" is no JSONPath: a number, *, a quoted name or ?( is expected after "[", at "" | such as "{.status.phase}"',
      "flotilla.yaml:15:25 releases[1].wait.for[5].apiVersion: an apiVersion is v1, or group/version such as apps/v1",
      "flotilla.yaml:15:37 releases[1].wait.for[5].kind: a kind is one word in capitalised form, such as Deployment",
      'flotilla.yaml:16:11 releases[1].wait.for[6] needs the key "apiVersion"',
      'flotilla.yaml:16:52 unknown key "vlaue" in releases[1].wait.for[6] | did you mean "value"?',
      'flotilla.yaml:17:71 releases[1].wait.for[7].value must be text, not true | put it into quotes: "true"',
    ],
  },
  {
    name: "node agents where there are none, and releases of Istio's with slips",
    text: `${HEAD}istio: { mode: ambeint, cni: [], ztunnel: { valeus: {} } }\n`,
    report: [
      'flotilla.yaml:3:16 istio.mode must be "sidecar" or "ambient", not "ambeint" | did you mean "ambient"?',
      "flotilla.yaml:3:30 istio.cni must be a mapping, not a list",
      'flotilla.yaml:3:45 unknown key "valeus" in istio.ztunnel | did you mean "values"?',
    ],
  },
  {
    name: "a ztunnel in sidecar mode, and changes to node agents that the stack does not have",
    text: `${HEAD}environments:
  dev: { values: { istio-cni: {}, ztunel: {} }, releases: { istio-cnii: { enabled: false } } }
istio: { ztunnel: {}, cni: }
releases:
${APP}, needs: [ztunnel, istio-cni] }
`,
    report: [
      'flotilla.yaml:4:35 the environment "dev" changes "ztunel", but there is no such release | releases: istio-base, istiod, istio-cni, app',
      'flotilla.yaml:4:61 the environment "dev" changes "istio-cnii", but there is no such release | did you mean "istio-cni"?',
      "flotilla.yaml:5:10 ztunnel belongs to ambient mode, and this is sidecar mode | add mode: ambient, or remove ztunnel",
      'flotilla.yaml:7:57 "app" needs "ztunnel", but there is no such release | releases: istio-base, istiod, istio-cni',
    ],
  },
  {
    name: "switches that are none",
    text: `${HEAD}releases:\n${APP}, adopt: maybe, protect: "true" }\n`,
    report: [
      "flotilla.yaml:4:56 releases[0].adopt must be true or false, not text",
      "flotilla.yaml:4:72 releases[0].protect must be true or false, not text",
    ],
  },
  {
    name: "smoke tests that make no sense",
    text: `${HEAD}istio: { gateways: { a: { role: ingress, namespace: in }, b: { role: ingress, namespace: in } } }
releases:
  - name: app
    namespace: shop
    chart: ./app
    verify:
      - { gateway: a }
      - { https: { host: a.test }, dicom: {}, gateway: a }
      - { https: { host: a.test } }
      - { name: x, tcp: , gateway: aa, port: 5 }
      - { name: x, tcp: , gateway: a, service: s }
      - { name: z, tcp: , service: s, port: 5, ca: { secret: ca } }
`,
    report: [
      "flotilla.yaml:9:9 a smoke test says nothing to test | write one of https, dicom and tcp",
      "flotilla.yaml:10:9 a smoke test is of several kinds: https, dicom | write one of https, dicom and tcp",
      'flotilla.yaml:11:9 "app" has two smoke tests named "https" | give each a name',
      "flotilla.yaml:11:9 a smoke test names no way in, and the stack has 2 ingress gateways | name one with gateway: a, b",
      'flotilla.yaml:12:36 there is no gateway "aa" | did you mean "a"?',
      'flotilla.yaml:13:9 "app" has two smoke tests named "x" | give each a name',
      "flotilla.yaml:13:9 a smoke test of kind tcp names no port | add port",
      "flotilla.yaml:13:48 a smoke test has one way in | remove gateway or service",
      "flotilla.yaml:14:52 ca has no effect without TLS | set tls: true, or remove it",
    ],
  },
  {
    name: "smoke tests with slips",
    text: `${HEAD}releases:
${APP}, verify: [{ htps: { host: a.test } }, { https: { host: a.test, path: x, status: 42 }, service: A_b }] }
`,
    report: [
      'flotilla.yaml:4:60 unknown key "htps" in releases[0].verify[0] | did you mean "https"?',
      "flotilla.yaml:4:117 releases[0].verify[1].https.path: a path begins with /",
      "flotilla.yaml:4:128 releases[0].verify[1].https.status: a status is a number from 100 to 599",
      "flotilla.yaml:4:143 releases[0].verify[1].service: a Service is named NAME (in the release's namespace) or NAMESPACE/NAME",
    ],
  },
];
