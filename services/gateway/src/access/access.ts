import type { IncomingMessage } from 'node:http';
import { type Parts, throttled } from '@baton/runtime';
import type { GatewayConfig } from '../config.ts';
import { createAddressOf, isProxy } from '../http/client-address.ts';
import { createHostCheck, isLoopback } from '../http/hosts.ts';
import { createOriginCheck } from '../http/origins.ts';
import { createPageCheck } from '../http/page-requests.ts';
import { createGuessGuard } from './guesses.ts';
import { createKeyCheck } from './keys.ts';
import { createConnectionSlots } from './limits/connection-slots.ts';
import { createLimits } from './limits/limits.ts';
import { createResumeWindow } from './resume-window.ts';
import { createSourceOf } from './session-source.ts';
import { createTokens } from './tokens.ts';
import { createTokenCheck } from './verified-customers/check-token.ts';

/** Who may connect, what they may do, and how much of it, by the configuration. */
export function createAccess({ config, log, metrics }: Pick<Parts<GatewayConfig>, 'config' | 'log' | 'metrics'>) {
  if (!config.secretGiven)
    log.warn('SESSION_SECRET is not set: tokens are valid at this gateway alone, and until it stops');
  if (!isLoopback(config.HOST) && (config.AGENT_KEY === undefined || config.ADMIN_KEY === undefined))
    log.warn({ host: config.HOST }, 'AGENT_KEY or ADMIN_KEY is not set: anybody who reaches HOST has its rights');
  const production = config.NODE_ENV === 'production';
  const trusted = config.TRUSTED_NETWORKS;
  const proxies = { count: config.TRUSTED_PROXIES, networks: config.PROXY_NETWORKS };
  const limits = createLimits(config);
  const addressOf = createAddressOf(proxies, log);
  const originAllowed = createOriginCheck({ allowed: config.FRONTEND_URL, production });
  const hostAllowed = createHostCheck({ allowed: config.ALLOWED_HOSTS, production });
  const wrongKeys = metrics.counter('baton_wrong_keys_total', 'Connections that presented a wrong key');
  return {
    production,
    limits,
    tokens: createTokens(config.SESSION_SECRET, config.SESSION_SECRET_PREVIOUS),
    checkCustomerToken: createTokenCheck({ config, log, metrics }),
    /** Named customers must be proven to be who they say. */
    proofRequired: config.CUSTOMER_VERIFICATION === 'required',
    resumeWindow: createResumeWindow(config),
    sourceOf: createSourceOf(config.SESSION_SECRET, trusted),
    addressOf,
    isProxy: (peer: string | undefined) => isProxy(peer, proxies),
    mayVisit: (request: IncomingMessage) => limits.visit(addressOf(request)),
    originAllowed,
    hostAllowed,
    refusePage: createPageCheck({ originAllowed, hostAllowed }),
    entitle: createKeyCheck({
      agent: config.AGENT_KEY,
      admin: config.ADMIN_KEY,
      guard: createGuessGuard(),
      onWrong: (address) => {
        wrongKeys.inc();
        throttled(log).warn(address, { address }, 'a client presented a wrong key');
      },
    }),
    /** Slots for connections, or `factor` times as many. */
    slots: (factor = 1) =>
      createConnectionSlots({
        slots: factor * config.MAX_CONNECTIONS,
        perAddress: factor * config.ADDRESS_CONNECTIONS,
        trusted,
      }),
  };
}
export type Access = ReturnType<typeof createAccess>;
