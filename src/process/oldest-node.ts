/**
 * The first import of every program: on an older Node.js what follows fails with a stack trace that does not say why.
 * What runs on the others is in the `engines` of package.json.
 */
const OLDEST = { major: 20, minor: 19 };

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
  console.error(
    `Payonce needs Node.js ${OLDEST.major}.${OLDEST.minor} or newer, and this is ${process.versions.node}: install a newer one, best the one that Dockerfile names (https://nodejs.org).`,
  );
  process.exit(1);
}
