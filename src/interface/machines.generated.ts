// Generated from proposals/ by `portway spec generate`. Do not edit: change the proposal and generate again.

import type { MachineTable } from './description.ts';

export type HttpRequestState = 'reading' | 'ended' | 'discarded' | 'closed';
export type HttpRequestGuard = never;
export type HttpRequestAction = 'discard';

/** What the application has received of the request. */
export const HTTP_REQUEST: MachineTable<HttpRequestState, HttpRequestGuard, HttpRequestAction> = {
  machine: "http.request",
  initial: "reading",
  final: ["closed"],
  states: ["reading","ended","discarded","closed"],
  transitions: [
    {"on":["http.request.body"],"from":["reading"],"to":"reading","requirement":"http.request.no-empty-body"},
    {"on":["http.request.body"],"from":["ended","discarded","closed"],"never":"http.request.end-once"},
    {"on":["http.request.end"],"from":["reading"],"to":"ended","requirement":"http.request.end-once"},
    {"on":["http.request.end"],"from":["ended","discarded","closed"],"never":"http.request.end-once"},
    {"on":["http.request.discard"],"from":["reading"],"to":"discarded","do":"discard","requirement":"http.request.discard-drains"},
    {"on":["http.request.discard"],"from":["discarded"],"to":"discarded","requirement":"http.request.discard-drains"},
    {"on":["http.request.discard"],"from":["ended","closed"],"misuse":"http.request.discard-open"},
    {"on":["http.closed"],"from":["reading","ended","discarded","closed"],"to":"closed","requirement":"http.closed.repeats"},
  ],
};

export type HttpResponseState = 'open' | 'committed' | 'ended' | 'aborted' | 'refused' | 'lost';
export type HttpResponseGuard = 'field-syntax' | 'hop-by-hop' | 'length-syntax' | 'length-forbidden' | 'forbidden-trailer' | 'informed' | 'contentless' | 'excess' | 'head-request' | 'shortfall';
export type HttpResponseAction = 'informational' | 'head' | 'body' | 'end' | 'abort' | 'refuse' | 'fail';

/** The response, as the application drives it. */
export const HTTP_RESPONSE: MachineTable<HttpResponseState, HttpResponseGuard, HttpResponseAction> = {
  machine: "http.response",
  initial: "open",
  final: ["ended","aborted","refused","lost"],
  states: ["open","committed","ended","aborted","refused","lost"],
  transitions: [
    {"on":["http.informational"],"from":["open"],"when":"field-syntax","misuse":"http.field-syntax"},
    {"on":["http.informational"],"from":["open"],"when":"hop-by-hop","misuse":"http.hop-by-hop"},
    {"on":["http.informational"],"from":["open"],"when":"length-forbidden","misuse":"http.length.forbidden"},
    {"on":["http.informational"],"from":["open"],"to":"open","do":"informational","requirement":"http.informational.before-commit"},
    {"on":["http.informational"],"from":["committed"],"misuse":"http.informational.before-commit"},
    {"on":["http.informational"],"from":["ended","aborted","refused"],"misuse":"http.nothing-after-end"},
    {"on":["http.response.start"],"from":["open"],"when":"field-syntax","misuse":"http.field-syntax"},
    {"on":["http.response.start"],"from":["open"],"when":"hop-by-hop","misuse":"http.hop-by-hop"},
    {"on":["http.response.start"],"from":["open"],"when":"length-syntax","misuse":"http.length.syntax"},
    {"on":["http.response.start"],"from":["open"],"when":"length-forbidden","misuse":"http.length.forbidden"},
    {"on":["http.response.start"],"from":["open"],"to":"committed","do":"head","requirement":"http.commit.on-start"},
    {"on":["http.response.start"],"from":["committed","ended"],"misuse":"http.start-once"},
    {"on":["http.response.start"],"from":["aborted","refused"],"misuse":"http.nothing-after-end"},
    {"on":["http.response.body"],"from":["open"],"misuse":"http.body-before-start"},
    {"on":["http.response.body"],"from":["committed"],"when":"contentless","misuse":"http.bodyless"},
    {"on":["http.response.body"],"from":["committed"],"when":"head-request","to":"committed","requirement":"http.head-length"},
    {"on":["http.response.body"],"from":["committed"],"when":"excess","misuse":"http.length.excess"},
    {"on":["http.response.body"],"from":["committed"],"to":"committed","do":"body","requirement":"http.duplex"},
    {"on":["http.response.body"],"from":["ended","aborted","refused"],"misuse":"http.nothing-after-end"},
    {"on":["http.response.end"],"from":["open"],"misuse":"http.body-before-start"},
    {"on":["http.response.end"],"from":["committed"],"when":"field-syntax","misuse":"http.field-syntax"},
    {"on":["http.response.end"],"from":["committed"],"when":"forbidden-trailer","misuse":"http.trailers.permitted"},
    {"on":["http.response.end"],"from":["committed"],"when":"shortfall","misuse":"http.length.shortfall"},
    {"on":["http.response.end"],"from":["committed"],"to":"ended","do":"end","requirement":"http.finish"},
    {"on":["http.response.end"],"from":["ended","aborted","refused"],"misuse":"http.nothing-after-end"},
    {"on":["http.response.abort"],"from":["open"],"misuse":"http.body-before-start"},
    {"on":["http.response.abort"],"from":["committed"],"to":"aborted","do":"abort","requirement":"http.abort.stream-only"},
    {"on":["http.response.abort"],"from":["ended","aborted","refused"],"misuse":"http.nothing-after-end"},
    {"on":["http.refuse"],"from":["open"],"when":"informed","misuse":"http.refuse.before-bytes"},
    {"on":["http.refuse"],"from":["open"],"to":"refused","do":"refuse","requirement":"http.refuse.before-bytes"},
    {"on":["http.refuse"],"from":["committed","ended","aborted","refused"],"misuse":"http.nothing-after-end"},
    {"on":["http.informational","http.response.start","http.response.body","http.response.end","http.response.abort","http.refuse"],"from":["lost"],"closed":"closed.on-send"},
    {"on":["application.returns","application.raises"],"from":["open"],"to":"ended","do":"fail","requirement":"http.500-when-open"},
    {"on":["application.returns","application.raises"],"from":["committed"],"to":"aborted","do":"abort","requirement":"http.abort-when-unended"},
    {"on":["application.returns","application.raises"],"from":["ended","aborted","refused","lost"],"stay":true},
    {"on":["peer.lost"],"from":["open","committed"],"to":"lost","requirement":"cancel.on-peer-loss"},
    {"on":["peer.lost"],"from":["ended","aborted","refused","lost"],"stay":true},
  ],
};
