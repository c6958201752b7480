/** What `npm run backup` and `npm run restore` are told, and what they say of a mistake. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readManifest, writeBackup } from '../../src/backup/backup-folder.ts';
import { readBackupRequest, readRestoreRequest } from '../../src/backup/command-line.ts';

const restore = (...args: string[]) => readRestoreRequest({ args, path: undefined });

describe('a command to restore', () => {
  it('is for all of a folder, leaves 1,000 numbers out, and overwrites nothing', () => {
    const { folder, parts, skip, replace } = restore('backups/monday');
    const given = { folder: path.resolve('backups/monday'), parts, skip, replace };
    assert.deepEqual(given, {
      folder: path.resolve('backups/monday'),
      parts: ['database', 'temporal'],
      skip: 1_000,
      replace: false,
    });
    assert.equal(folder, given.folder);
  });

  it('needs no folder: the database may have been put back by other means', () => {
    assert.equal(restore('--skip-numbers', '0').folder, undefined);
  });

  for (const [args, said] of [
    [['one', 'two'], /name one folder/],
    [['one', '--only', 'redis'], /--only redis is neither database nor temporal/],
    [['one', '--skip-numbers', 'many'], /--skip-numbers many is no count/],
    [['one', '--force'], /Unknown option '--force'.*Usage: npm run restore/],
  ] as const)
    it(`that is ${args.join(' ')} is refused with what is wrong`, () => {
      assert.throws(() => restore(...args), said);
    });
});

describe('a command to back up', () => {
  it('names one folder', () => {
    for (const args of [[], ['one', 'two']])
      assert.throws(() => readBackupRequest({ args, path: undefined }), /name one folder/);
  });
});

describe('the folder of a backup', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'payonce-backups-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const manifest = {
    format: 1,
    takenAt: new Date().toISOString(),
    of: 'stack',
    postgres: 18,
  } as const;

  it('says what it holds', async () => {
    const folder = path.join(home, 'monday');
    await writeBackup(folder, async () => manifest);
    assert.deepEqual(await readManifest(folder), manifest);
  });

  it('is not written twice', async () => {
    await assert.rejects(
      writeBackup(home, async () => manifest),
      /is there already: name a folder that is not there yet/,
    );
  });

  it('is not there at all where it could not be filled', async () => {
    const folder = path.join(home, 'monday');
    const filling = writeBackup(folder, async (draft) => {
      writeFileSync(path.join(draft, 'half'), '');
      throw new Error('no space left');
    });
    await assert.rejects(filling, /no space left/);
    await assert.rejects(readManifest(folder), /is no backup, as it has no backup.json/);
  });

  it('of a later release is refused', async () => {
    writeFileSync(path.join(home, 'backup.json'), JSON.stringify({ ...manifest, format: 2 }));
    await assert.rejects(readManifest(home), /restore with the release that made the backup/);
  });
});
