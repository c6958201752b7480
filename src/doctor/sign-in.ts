/** Whether people can sign in to the console by their provider. */
import type { SignInConfig } from '../config/config.ts';
import { createProvider } from '../sign-in/provider.ts';
import { type Finding, findingsOf, reasonOf } from './finding.ts';

const { ok, warning } = findingsOf('sign-in');

/** A provider that is away stops no order: only people wait. */
export async function examineSignIn(config: SignInConfig | undefined): Promise<Finding[]> {
  if (config === undefined) return [];
  const { issuer, consoleUrl } = config;
  try {
    await createProvider(config).check();
    return [
      ok(
        `${issuer} is an OpenID provider; it has to know ${consoleUrl}/console/session/callback as where it sends people back to, and ${consoleUrl}/console as where they go after they have signed out`,
      ),
    ];
  } catch (error) {
    return [
      warning(
        `nobody can sign in to the console by ${issuer}. ${reasonOf(error)} Set OIDC_ISSUER to exactly what the provider calls itself (the issuer of its /.well-known/openid-configuration), and see that this machine may reach it; for a certificate authority of your own set NODE_EXTRA_CA_CERTS`,
      ),
    ];
  }
}
