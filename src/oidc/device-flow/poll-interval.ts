import type Provider from 'oidc-provider';
import { POLL_SECONDS } from '../store/polled-store.ts';

/** Says how long a device is to wait between two polls (RFC 8628 §3.2); the library leaves it to the default. */
export function tellPollInterval(provider: Provider): void {
  provider.on('device_authorization.success', (_ctx, response) => {
    Object.assign(response, { interval: POLL_SECONDS });
  });
}
