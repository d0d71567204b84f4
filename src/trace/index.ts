// The trace: what is recorded, how, and how two recordings are compared. Imports nothing else.

export * from './event.ts';
export { type NormalisedStep, normalise } from './normalise.ts';
export { createRecorder, type Recorder, type RecorderOptions } from './recorder.ts';
