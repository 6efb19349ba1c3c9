export * from './nats-address.ts';
export * from './redis-address.ts';
export * from './shown.ts';
