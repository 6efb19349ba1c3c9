/**
 * Passwords that stand in our compose file and in the architecture guide, for development. Everybody knows them, so
 * production refuses them.
 */
const KNOWN_TO_ALL: ReadonlySet<string> = new Set(['chat_password', 'redis_password', 'password']);
const URLS = ['DATABASE_URL', 'REDIS_URL', 'NATS_URL'];

/** What is wrong with each server's setting that has one of them, a line each. */
export function publicPasswords(env: NodeJS.ProcessEnv): string[] {
  const carriers = [
    ...URLS.filter((name) => urlsIn(env[name]).some((url) => KNOWN_TO_ALL.has(passwordIn(url)))),
    ...(KNOWN_TO_ALL.has(env.REDIS_PASSWORD ?? '') ? ['REDIS_PASSWORD'] : []),
  ];
  return carriers.map((name) => `${name}: has a password that stands in examples; production needs another`);
}

const urlsIn = (list = '') => list.split(',').flatMap((url) => (URL.canParse(url.trim()) ? [new URL(url.trim())] : []));

function passwordIn({ password }: URL): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
