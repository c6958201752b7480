/**
 * A program as an image runs it: by a user without rights, with every file system read-only but `/tmp`, which is empty,
 * and with an environment that holds what it is given. Linux alone, and root alone may set it up.
 */
import { execa } from 'execa';

const NOBODY = '65534';
/** An empty folder of every Linux; the release is there, as in an image it is in /app. */
const HOME = '/mnt';

const SEAL = [
  'mount --make-rprivate /',
  `mount --bind "$1" ${HOME}`,
  `mount -o remount,ro,bind ${HOME}`,
  'mount -o remount,ro,bind /',
  'mount -t tmpfs tmpfs /tmp',
  `cd ${HOME}`,
  'shift',
  `exec setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups --no-new-privs "$@"`,
].join(' && ');

/** @param command a program and its arguments, as from the release's own folder */
export function sealed(release: string, command: readonly string[], env: Record<string, string>) {
  return execa('unshare', ['--mount', 'sh', '-c', SEAL, 'seal', release, ...command], {
    env: { PATH: process.env.PATH ?? '', ...env },
    extendEnv: false,
    reject: false,
  });
}

/**
 * Whether this machine lets us: it does not in most containers, not without root, and not where Node.js lies in a folder
 * that is root's alone.
 */
export async function canSeal(): Promise<boolean> {
  const { exitCode } = await sealed('/', ['node', '--version'], {});
  return exitCode === 0;
}
