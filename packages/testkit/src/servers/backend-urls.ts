/** The servers of a test run. */
export interface BackendUrls {
  databaseUrl: string;
  redisUrl: string;
  natsUrl: string;
}

/** Those that are to be started. */
export type Missing = readonly (keyof BackendUrls)[];

/** What was started for them. */
export interface Started {
  urls: Partial<BackendUrls>;
  origin: string;
  stop: () => Promise<void>;
}
