import { providerId } from '@baton/contracts';
import { env } from '@baton/runtime';
import { z } from 'zod';

/** An identity provider at which people of the organisation may log in. */
export interface Provider {
  id: string;
  /** On the button of the login page. */
  label: string;
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Of the mail addresses that may log in; empty for all. */
  domains: readonly string[];
  /** Whether a second factor that the provider says it has seen takes the place of ours. */
  trustMfa: boolean;
}

const SLOTS = [1, 2, 3, 4] as const;
const FIELDS = ['ID', 'LABEL', 'ISSUER', 'CLIENT_ID', 'CLIENT_SECRET', 'DOMAINS', 'TRUST_MFA'] as const;
type Setting = `OIDC_${(typeof SLOTS)[number]}_${(typeof FIELDS)[number]}`;
type Values = Partial<Record<Setting, string | undefined>>;

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const isIssuer = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash } = new URL(text);
  return search + hash === '' && (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname)));
};

const slotShape = z.object({
  ID: z.string('must be set').pipe(providerId),
  LABEL: z.string().max(60, 'must have at most 60 characters').optional(),
  ISSUER: z
    .string('must be set')
    .refine(isIssuer, 'must be a URL that begins with https://, or http:// on this machine, without ? and #'),
  CLIENT_ID: z.string('must be set'),
  CLIENT_SECRET: z.string('must be set'),
  DOMAINS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .toLowerCase()
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean),
    )
    .refine((domains) => domains.every((one) => /^[a-z0-9.-]+$/.test(one)), 'must be domains, separated by commas'),
  TRUST_MFA: env.flag(false),
});

/** The settings of all providers, as they are read from the environment. */
export const providerSettings = Object.fromEntries(
  SLOTS.flatMap((slot) => FIELDS.map((field) => [`OIDC_${slot}_${field}`, z.string().optional()])),
) as Record<Setting, z.ZodOptional<z.ZodString>>;

/** The providers that are set up; what is wrong with one is told of the setting. */
export function providersOf(values: Values, wrong: (setting: string, message: string) => void): Provider[] {
  const providers: Provider[] = [];
  for (const slot of SLOTS) {
    const given = FIELDS.map((field) => [field, values[`OIDC_${slot}_${field}`]] as const);
    if (given.every(([, value]) => value === undefined)) continue;
    const parsed = slotShape.safeParse(Object.fromEntries(given));
    for (const { path, message } of parsed.error?.issues ?? []) wrong(`OIDC_${slot}_${path.join('.')}`, message);
    if (!parsed.success) continue;
    const { ID, LABEL = ID, ISSUER, CLIENT_ID, CLIENT_SECRET, DOMAINS, TRUST_MFA } = parsed.data;
    // Identities are told apart by the issuer alone.
    if (providers.some(({ issuer }) => issuer === ISSUER))
      wrong(`OIDC_${slot}_ISSUER`, 'is set for another one already');
    if (providers.some(({ id }) => id === ID)) wrong(`OIDC_${slot}_ID`, 'is set for another one already');
    providers.push({
      id: ID,
      label: LABEL,
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      domains: DOMAINS,
      trustMfa: TRUST_MFA,
    });
  }
  return providers;
}
