/** What deploy/ declares, as the tools of those who run it read it: built, loaded and checked whole, and not field by field. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { parse, parseAllDocuments } from 'yaml';
import { kustomizations } from '../support/manifests.ts';
import { type Validators, validators } from '../support/validators.ts';

const KUBERNETES = path.resolve('deploy/kubernetes');
const PROMETHEUS = 'deploy/prometheus';

/** What is listed before each component: a scaler asks as one of these is told. */
const AFTER: Readonly<Record<string, readonly string[]>> = {
  'keda-api-key': ['keda'],
  'keda-mtls': ['keda'],
};

const folders = kustomizations.map(({ folder }) => path.relative(KUBERNETES, folder));
const components = folders
  .filter((folder) => path.dirname(folder) === 'components')
  .map((folder) => path.basename(folder));
const overlays = folders.filter((folder) => path.dirname(folder) === 'overlays');

describe('what deploy/ declares', function () {
  // Tools are built once per machine, of which this is mostly.
  this.timeout(40 * 60_000);
  let tools: Validators;
  let home: string;

  before(async function () {
    try {
      tools = await validators();
    } catch (error) {
      console.error(`its tools cannot be had here: ${String(error)}`);
      this.skip();
    }
    home = await realpath(await mkdtemp(path.join(tmpdir(), 'payonce-deploy-')));
  });
  after(async () => {
    if (home) await rm(home, { recursive: true, force: true });
  });

  describe('for Kubernetes', () => {
    const build = async (folder: string): Promise<string> =>
      (await execa(tools.kustomize, ['build', folder])).stdout;

    /** The base with these components, in an overlay of somebody who uses them. */
    async function buildWith(...names: readonly string[]): Promise<string> {
      const folder = path.join(home, names.join('-') || 'base');
      await mkdir(folder, { recursive: true });
      const place = (name: string): string => path.relative(folder, path.join(KUBERNETES, name));
      const overlay = {
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources: [place('base')],
        components: names.map((name) => place(`components/${name}`)),
      };
      await writeFile(path.join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
      return build(folder);
    }

    async function check(manifests: string, version: string): Promise<string> {
      const options = ['-strict', '-output', 'json', '-summary', ...(tools.schemas[version] ?? [])];
      const { stdout } = await execa(tools.kubeconform, options, {
        input: manifests,
        reject: false,
      });
      return stdout;
    }

    /** Every resource was looked at, and none is wrong. */
    async function assertValid(manifests: string): Promise<void> {
      const count = parseAllDocuments(manifests).length;
      assert.ok(count > 5);
      for (const version of Object.keys(tools.schemas)) {
        const { resources, summary } = JSON.parse(await check(manifests, version)) as {
          resources: object[];
          summary: object;
        };
        assert.deepEqual(resources ?? [], [], version);
        assert.deepEqual(summary, { valid: count, invalid: 0, errors: 0, skipped: 0 }, version);
      }
    }

    for (const overlay of overlays)
      it(`is built and valid: ${overlay}`, async () => {
        await assertValid(await build(path.join(KUBERNETES, overlay)));
      });

    it('is built and valid: the base alone', async () => {
      await assertValid(await buildWith());
    });

    for (const component of components)
      it(`is built and valid: the base with ${component}`, async () => {
        await assertValid(await buildWith(...(AFTER[component] ?? []), component));
      });

    it('is built and valid: the base with all that go together', async () => {
      await assertValid(await buildWith(...components.filter((name) => name !== 'keda-mtls')));
    });

    it('is valid with the example of its Secret', async () => {
      const secret = await readFile(path.join(KUBERNETES, 'base/secret.example.yaml'), 'utf8');
      await assertValid(`${await buildWith()}\n---\n${secret}`);
    });

    it('would be refused with a field that a kind does not have', async () => {
      const manifests = await buildWith('keda', 'prometheus-rule');
      for (const [field, wrong] of [
        ['terminationGracePeriodSeconds', 'terminationGracePeriod'],
        ['maxReplicaCount', 'maxReplicas'],
        ['  groups:', '  group:'],
      ] as const) {
        assert.ok(manifests.includes(field), field);
        const [version = ''] = Object.keys(tools.schemas);
        const said = await check(manifests.replace(field, wrong), version);
        assert.match(said, /"status": "statusInvalid"/, field);
      }
    });
  });

  describe('for Prometheus', () => {
    const promtool = (...args: readonly string[]) => execa(tools.promtool, args, { reject: false });

    it('is a configuration that it takes, with its rules', async () => {
      const { exitCode, all } = await execa(
        tools.promtool,
        ['check', 'config', '--lint=all', '--lint-fatal', `${PROMETHEUS}/prometheus.yaml`],
        { reject: false, all: true },
      );
      assert.equal(exitCode, 0, all);
    });

    it('has alerts that fire when they must, and not when they must not', async () => {
      const { exitCode, stdout, stderr } = await promtool(
        'test',
        'rules',
        'test/deploy/alerts.test.yaml',
      );
      assert.equal(exitCode, 0, stdout + stderr);
    });

    it('has for each alert a test of both', async () => {
      const { groups } = parse(await readFile(`${PROMETHEUS}/alerts.yaml`, 'utf8')) as {
        groups: { rules: { alert: string }[] }[];
      };
      const { tests } = parse(await readFile('test/deploy/alerts.test.yaml', 'utf8')) as {
        tests: { alert_rule_test: { alertname: string; exp_alerts?: object[] }[] }[];
      };
      const cases = tests.flatMap((test) => test.alert_rule_test);
      const namesOf = (isFiring: boolean): string[] =>
        cases
          .filter(({ exp_alerts: expected = [] }) => expected.length > 0 === isFiring)
          .map(({ alertname }) => alertname);
      const names = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
      for (const isFiring of [true, false])
        assert.deepEqual(
          names.filter((name) => !namesOf(isFiring).includes(name)),
          [],
          isFiring ? 'fires' : 'stays silent',
        );
    });
  });

  describe('for Compose', () => {
    const load = (env: Readonly<Record<string, string>>) =>
      execa(tools.compose, [path.resolve('compose.yaml')], {
        ...{ cwd: home, env, extendEnv: false, reject: false },
      });

    /** What deploy/compose.env.example asks for, filled in. */
    async function filledIn(): Promise<Record<string, string>> {
      const text = await readFile('deploy/compose.env.example', 'utf8');
      const names = [...text.matchAll(/^(\w+)=/gm)].map(([, name = '']) => name);
      return Object.fromEntries(names.map((name) => [name, 'filled-in']));
    }

    it('is loaded, once what its example asks for is filled in', async () => {
      const { exitCode, stdout, stderr } = await load(await filledIn());
      assert.equal(exitCode, 0, stderr);
      const { services } = JSON.parse(stdout) as { services: Record<string, object> };
      for (const name of ['api', 'worker', 'migrate', 'postgres', 'temporal', 'prometheus'])
        assert.ok(name in services, name);
    });

    it('says what is missing where it is not', async () => {
      const { POSTGRES_PASSWORD: _, ...rest } = await filledIn();
      const { exitCode, stderr, stdout } = await load(rest);
      assert.notEqual(exitCode, 0);
      assert.match(stderr + stdout, /POSTGRES_PASSWORD.*set it in \.env/);
    });
  });

  describe('as a Dockerfile', () => {
    it('has nothing that hadolint knows better', async () => {
      const { stdout } = await execa(tools.hadolint, ['--format', 'json', 'Dockerfile'], {
        reject: false,
      });
      assert.deepEqual(JSON.parse(stdout), []);
    });
  });
});
