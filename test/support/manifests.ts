/** What deploy/ holds for Kubernetes, read as kubectl and kustomize read it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

const KUBERNETES = path.resolve('deploy/kubernetes');
const KUSTOMIZATION = 'kustomization.yaml';

/** Any resource, as it stands in its file. */
export interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
}

export interface Kustomization {
  /** Absolute. */
  folder: string;
  resources?: string[];
  components?: string[];
  patches?: { target: { kind: string; name: string }; patch: string }[];
  images?: { name: string; newName: string; digest: string }[];
}

const FILES = readdirSync(KUBERNETES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => path.join(KUBERNETES, file));

/** @throws AssertionError for a file that is no YAML */
export function resourcesIn(file: string): Resource[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => {
    assert.deepEqual(document.errors, [], file);
    return document.toJS() as Resource;
  });
}

export const resourceFiles = FILES.filter((file) => path.basename(file) !== KUSTOMIZATION);

export const kustomizations: Kustomization[] = FILES.filter(
  (file) => path.basename(file) === KUSTOMIZATION,
).map((file) => ({ folder: path.dirname(file), ...parse(readFileSync(file, 'utf8')) }));
