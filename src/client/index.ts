// The scenario client without a connection: reading scenarios and running their requests.

export * from './lanes.ts';
export * from './run.ts';
export * from './scenario.ts';
