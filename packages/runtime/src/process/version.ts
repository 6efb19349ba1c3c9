import manifest from '../../package.json' with { type: 'json' };

/** Version of Baton: all parts are released together. */
export const version: string = manifest.version;
