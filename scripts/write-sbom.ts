/**
 * `npm run sbom`: prints a software bill of materials (CycloneDX) of what Payonce ships. npm knows what production installs,
 * and the packages in bundles as development dependencies alone: they are added here.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { bundledAlone, idOf } from './shipped-packages.ts';

const ROOT = path.join(import.meta.dirname, '..');
/** What npm says of a component that production does not install. */
const OF_DEVELOPMENT = 'cdx:npm:package:development';

interface Property {
  name: string;
  value: string;
}

interface Component {
  'bom-ref': string;
  name: string;
  version: string;
  properties?: Property[];
}

interface Dependencies {
  ref: string;
  dependsOn: string[];
}

/** The parts of a CycloneDX document that are changed here. */
export interface Sbom {
  components: Component[];
  dependencies: Dependencies[];
}

/** @throws Error with what npm or the bundler found */
export async function sbom(): Promise<Sbom> {
  const [production, all] = await Promise.all([ofNpm('--omit', 'dev'), ofNpm()]);
  const bundled = new Set((await bundledAlone()).map(idOf));
  const added = all.components.filter((component) => bundled.has(component['bom-ref']));
  const components = [...production.components, ...added].map(asShipped);
  const refs = new Set(components.map((component) => component['bom-ref']));
  const dependencies = all.dependencies
    .filter(({ ref }) => added.some((component) => component['bom-ref'] === ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((name) => refs.has(name)) }));
  return {
    ...production,
    components,
    dependencies: [...production.dependencies, ...dependencies],
  };
}

async function ofNpm(...options: string[]): Promise<Sbom> {
  const args = ['sbom', '--sbom-format', 'cyclonedx', ...options];
  return JSON.parse((await execa('npm', args, { cwd: ROOT })).stdout) as Sbom;
}

/** Where one package stands in another's place, npm gives it that one's name, and its own in the reference alone. */
function asShipped({ properties = [], ...component }: Component): Component {
  const [, name = component.name] = /^(.+)@/.exec(component['bom-ref']) ?? [];
  const kept = properties.filter((property) => property.name !== OF_DEVELOPMENT);
  return { ...component, name, properties: kept };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  console.log(JSON.stringify(await sbom(), null, 2));
