// The scenario client without a connection: reading scenarios and running their requests.

export * from './run.ts';
export * from './scenario.ts';
