// Generated from proposals/ by `portway spec generate`. Do not edit: change the proposal and generate again.

import type { MachineTable } from './description.ts';

export type HttpRequestState = 'reading' | 'ended' | 'discarded' | 'closed';
export type HttpRequestGuard = never;
export type HttpRequestAction = 'discard';

/** What the application has received of the request. */
export const HTTP_REQUEST: MachineTable<HttpRequestState, HttpRequestGuard, HttpRequestAction> = {
  machine: "http.request",
  scope: ["http"],
  initial: "reading",
  final: ["closed"],
  states: ["reading","ended","discarded","closed"],
  transitions: [
    {"on":["http.request.body"],"from":["reading"],"to":"reading","requirement":"http.request.no-empty-body"},
    {"on":["http.request.body"],"from":["ended","closed"],"never":"http.request.end-once"},
    {"on":["http.request.end"],"from":["reading"],"to":"ended","requirement":"http.request.end-once"},
    {"on":["http.request.end"],"from":["ended","closed"],"never":"http.request.end-once"},
    {"on":["http.request.body","http.request.end"],"from":["discarded"],"never":"http.request.discard-stops"},
    {"on":["http.request.discard"],"from":["reading"],"to":"discarded","do":"discard","requirement":"http.request.discard-drains"},
    {"on":["http.request.discard"],"from":["discarded"],"to":"discarded","requirement":"http.request.discard-drains"},
    {"on":["http.request.discard"],"from":["ended","closed"],"misuse":"http.request.discard-open"},
    {"on":["http.closed"],"from":["reading","ended","discarded","closed"],"to":"closed","requirement":"http.closed.repeats"},
  ],
};

export type HttpResponseState = 'open' | 'committed' | 'ended' | 'aborted' | 'refused' | 'switched' | 'lost';
export type HttpResponseGuard = 'field-syntax' | 'hop-by-hop' | 'length-syntax' | 'length-forbidden' | 'forbidden-trailer' | 'informed' | 'file-outside' | 'file-missing' | 'file-linked' | 'file-short' | 'contentless' | 'excess' | 'head-request' | 'shortfall' | 'declined';
export type HttpResponseAction = 'informational' | 'head' | 'body' | 'file' | 'end' | 'abort' | 'refuse' | 'fail' | 'decline';

/** The response, as the application drives it. */
export const HTTP_RESPONSE: MachineTable<HttpResponseState, HttpResponseGuard, HttpResponseAction> = {
  machine: "http.response",
  scope: ["http","websocket","tunnel"],
  initial: "open",
  final: ["ended","aborted","refused","switched","lost"],
  states: ["open","committed","ended","aborted","refused","switched","lost"],
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
    {"on":["http.file"],"from":["open"],"misuse":"http.body-before-start"},
    {"on":["http.file"],"from":["committed"],"when":"file-outside","misuse":"security.file-roots"},
    {"on":["http.file"],"from":["committed"],"when":"file-missing","misuse":"http.file.exists"},
    {"on":["http.file"],"from":["committed"],"when":"file-linked","misuse":"security.file-links"},
    {"on":["http.file"],"from":["committed"],"when":"file-short","misuse":"http.file.range"},
    {"on":["http.file"],"from":["committed"],"when":"contentless","misuse":"http.bodyless"},
    {"on":["http.file"],"from":["committed"],"when":"head-request","to":"committed","requirement":"http.head-length"},
    {"on":["http.file"],"from":["committed"],"when":"excess","misuse":"http.length.excess"},
    {"on":["http.file"],"from":["committed"],"to":"committed","do":"file","requirement":"http.file.as-body"},
    {"on":["http.file"],"from":["ended","aborted","refused"],"misuse":"http.nothing-after-end"},
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
    {"on":["websocket.accept","tunnel.accept"],"from":["open"],"when":"field-syntax","misuse":"http.field-syntax"},
    {"on":["websocket.accept","tunnel.accept"],"from":["open"],"when":"hop-by-hop","misuse":"http.hop-by-hop"},
    {"on":["tunnel.accept"],"from":["open"],"when":"length-forbidden","misuse":"http.length.forbidden"},
    {"on":["websocket.accept"],"from":["open"],"to":"switched","requirement":"websocket.accept-once"},
    {"on":["tunnel.accept"],"from":["open"],"to":"switched","requirement":"tunnel.accept-once"},
    {"on":["websocket.accept","tunnel.accept"],"from":["committed","ended","aborted","refused","switched"],"stay":true},
    {"on":["http.informational","http.response.start","http.response.body","http.file","http.response.end","http.response.abort","http.refuse"],"from":["switched"],"stay":true},
    {"on":["http.informational","http.response.start","http.response.body","http.file","http.response.end","http.response.abort","http.refuse","websocket.accept","tunnel.accept"],"from":["lost"],"closed":"closed.on-send"},
    {"on":["application.raises"],"from":["open"],"when":"declined","to":"ended","do":"decline","requirement":"http.unsupported-scope"},
    {"on":["application.returns","application.raises"],"from":["open"],"to":"ended","do":"fail","requirement":"http.500-when-open"},
    {"on":["application.returns","application.raises"],"from":["committed"],"to":"aborted","do":"abort","requirement":"http.abort-when-unended"},
    {"on":["application.returns","application.raises"],"from":["ended","aborted","refused","switched","lost"],"stay":true},
    {"on":["peer.lost"],"from":["open","committed"],"to":"lost","requirement":"cancel.on-peer-loss"},
    {"on":["peer.lost"],"from":["ended","aborted","refused","switched","lost"],"stay":true},
    {"on":["file.lost"],"from":["committed"],"to":"lost","do":"abort","requirement":"http.file.lost"},
    {"on":["file.lost"],"from":["ended"],"to":"ended","do":"abort","requirement":"http.file.lost"},
    {"on":["file.lost"],"from":["aborted","refused","lost"],"stay":true},
    {"on":["file.lost"],"from":["open","switched"],"never":"http.body-before-start"},
  ],
};

export type WebsocketConversationState = 'connecting' | 'open' | 'closed' | 'denied' | 'lost';
export type WebsocketConversationGuard = 'declined' | 'owned-field' | 'not-offered' | 'accepting-status' | 'not-unicode' | 'code-forbidden' | 'reason-long' | 'answered';
export type WebsocketConversationAction = 'accept' | 'message' | 'close' | 'close-normal' | 'close-error';

/** The WebSocket, as the application drives it. */
export const WEBSOCKET_CONVERSATION: MachineTable<WebsocketConversationState, WebsocketConversationGuard, WebsocketConversationAction> = {
  machine: "websocket.conversation",
  scope: ["websocket"],
  initial: "connecting",
  final: ["closed","denied","lost"],
  states: ["connecting","open","closed","denied","lost"],
  transitions: [
    {"on":["websocket.accept"],"from":["connecting"],"when":"owned-field","misuse":"websocket.accept-headers"},
    {"on":["websocket.accept"],"from":["connecting"],"when":"not-offered","misuse":"websocket.subprotocol-offered"},
    {"on":["websocket.accept"],"from":["connecting"],"to":"open","do":"accept","requirement":"websocket.accept-answer"},
    {"on":["websocket.accept"],"from":["open","closed","denied"],"misuse":"websocket.accept-once"},
    {"on":["send websocket.message","websocket.close"],"from":["connecting","denied"],"misuse":"websocket.message-before-accept"},
    {"on":["send websocket.message","websocket.close"],"from":["open"],"when":"not-unicode","misuse":"websocket.text-unicode"},
    {"on":["send websocket.message"],"from":["open"],"to":"open","do":"message","requirement":"websocket.message-whole"},
    {"on":["websocket.close"],"from":["open"],"when":"code-forbidden","misuse":"websocket.close-codes"},
    {"on":["websocket.close"],"from":["open"],"when":"reason-long","misuse":"websocket.close-limits"},
    {"on":["websocket.close"],"from":["open"],"to":"closed","do":"close","requirement":"websocket.close-frame"},
    {"on":["send websocket.message","websocket.close"],"from":["closed"],"misuse":"websocket.nothing-after-close"},
    {"on":["websocket.accept","send websocket.message","websocket.close"],"from":["lost"],"closed":"closed.on-send"},
    {"on":["http.response.start"],"from":["connecting"],"when":"accepting-status","misuse":"websocket.denial"},
    {"on":["http.response.start","http.refuse"],"from":["connecting"],"to":"denied","requirement":"websocket.denial"},
    {"on":["http.informational","http.response.body","http.file","http.response.end","http.response.abort"],"from":["connecting"],"stay":true},
    {"on":["http.informational","http.response.start","http.response.body","http.file","http.response.end","http.response.abort","http.refuse"],"from":["denied"],"stay":true},
    {"on":["http.informational","http.response.start","http.response.body","http.file","http.response.end","http.response.abort","http.refuse"],"from":["open","closed"],"misuse":"websocket.no-response-after-accept"},
    {"on":["http.informational","http.response.start","http.response.body","http.file","http.response.end","http.response.abort","http.refuse"],"from":["lost"],"closed":"closed.on-send"},
    {"on":["application.raises"],"from":["connecting"],"when":"declined","to":"denied","requirement":"http.unsupported-scope"},
    {"on":["application.returns","application.raises"],"from":["connecting"],"to":"denied","requirement":"http.500-when-open"},
    {"on":["application.returns"],"from":["open"],"to":"closed","do":"close-normal","requirement":"websocket.close-frame"},
    {"on":["application.raises"],"from":["open"],"to":"closed","do":"close-error","requirement":"websocket.close-frame"},
    {"on":["application.returns","application.raises"],"from":["closed","denied","lost"],"stay":true},
    {"on":["peer.lost"],"from":["denied"],"when":"answered","stay":true},
    {"on":["peer.lost"],"from":["connecting","open","denied"],"to":"lost","requirement":"cancel.on-peer-loss"},
    {"on":["peer.lost"],"from":["closed","lost"],"stay":true},
  ],
};

export type WebsocketIncomingState = 'handshake' | 'messages' | 'discarding' | 'closed' | 'unaccepted';
export type WebsocketIncomingGuard = never;
export type WebsocketIncomingAction = 'discard';

/** What the application receives of a WebSocket. */
export const WEBSOCKET_INCOMING: MachineTable<WebsocketIncomingState, WebsocketIncomingGuard, WebsocketIncomingAction> = {
  machine: "websocket.incoming",
  scope: ["websocket"],
  initial: "handshake",
  final: ["closed","unaccepted"],
  states: ["handshake","messages","discarding","closed","unaccepted"],
  transitions: [
    {"on":["websocket.accept"],"from":["handshake"],"to":"messages","requirement":"websocket.accept-answer"},
    {"on":["websocket.accept"],"from":["messages","discarding","closed","unaccepted"],"stay":true},
    {"on":["websocket.close","application.returns","application.raises"],"from":["messages"],"to":"discarding","do":"discard","requirement":"websocket.close-discards"},
    {"on":["websocket.close","application.returns","application.raises"],"from":["handshake","discarding","closed","unaccepted"],"stay":true},
    {"on":["receive websocket.message"],"from":["messages"],"to":"messages","requirement":"websocket.message-whole"},
    {"on":["receive websocket.message"],"from":["handshake","unaccepted"],"never":"websocket.no-early-101"},
    {"on":["receive websocket.message"],"from":["discarding"],"never":"websocket.close-discards"},
    {"on":["receive websocket.message"],"from":["closed"],"never":"websocket.closed.repeats"},
    {"on":["websocket.closed"],"from":["messages","discarding","closed"],"to":"closed","requirement":"websocket.closed.repeats"},
    {"on":["websocket.closed"],"from":["handshake","unaccepted"],"never":"websocket.no-early-101"},
    {"on":["http.closed"],"from":["handshake","unaccepted"],"to":"unaccepted","requirement":"http.closed.repeats"},
    {"on":["http.closed"],"from":["messages","discarding","closed"],"never":"websocket.closed.repeats"},
  ],
};

export type GatewayDrainState = 'untold' | 'owed' | 'told' | 'over';
export type GatewayDrainGuard = never;
export type GatewayDrainAction = 'wake';

/** Whether a conversation is told of the drain. */
export const GATEWAY_DRAIN: MachineTable<GatewayDrainState, GatewayDrainGuard, GatewayDrainAction> = {
  machine: "gateway.drain",
  scope: ["http","websocket","tunnel"],
  initial: "untold",
  final: ["over"],
  states: ["untold","owed","told","over"],
  transitions: [
    {"on":["drain.begins"],"from":["untold"],"to":"owed","do":"wake","requirement":"drain.notice"},
    {"on":["drain.begins"],"from":["owed","told"],"never":"drain.begins"},
    {"on":["drain.begins"],"from":["over"],"stay":true},
    {"on":["gateway.drain"],"from":["owed"],"to":"told","requirement":"drain.notice"},
    {"on":["gateway.drain"],"from":["untold","told","over"],"never":"drain.notice"},
    {"on":["peer.lost","terminal.due"],"from":["untold","owed","told"],"to":"over","requirement":"drain.notice"},
    {"on":["peer.lost","terminal.due"],"from":["over"],"stay":true},
  ],
};

export type LifespanApplicationState = 'called' | 'starting' | 'ready' | 'draining' | 'stopping' | 'over' | 'lost';
export type LifespanApplicationGuard = 'not-offered' | 'protocol-malformed' | 'tunnels-unaccepted' | 'declined';
export type LifespanApplicationAction = 'serve' | 'fail' | 'give-up' | 'drain' | 'finish' | 'kill';

/** One application in one process, from its call to its end. */
export const LIFESPAN_APPLICATION: MachineTable<LifespanApplicationState, LifespanApplicationGuard, LifespanApplicationAction> = {
  machine: "lifespan.application",
  scope: ["lifespan"],
  initial: "called",
  final: ["over","lost"],
  states: ["called","starting","ready","draining","stopping","over","lost"],
  transitions: [
    {"on":["lifespan.startup"],"from":["called"],"to":"starting","requirement":"lifespan.drain-order"},
    {"on":["lifespan.startup"],"from":["starting","ready","draining","stopping","over","lost"],"never":"lifespan.drain-order"},
    {"on":["lifespan.ready"],"from":["starting"],"when":"not-offered","misuse":"lifespan.accepts-offered"},
    {"on":["lifespan.ready"],"from":["starting"],"when":"protocol-malformed","misuse":"tunnel.declared-syntax"},
    {"on":["lifespan.ready"],"from":["starting"],"when":"tunnels-unaccepted","misuse":"lifespan.tunnels-accepted"},
    {"on":["lifespan.ready"],"from":["starting"],"to":"ready","do":"serve","requirement":"lifespan.ready-first"},
    {"on":["lifespan.failed"],"from":["starting"],"to":"over","do":"fail","requirement":"lifespan.failed"},
    {"on":["lifespan.ready","lifespan.failed"],"from":["called","ready","draining","stopping","over"],"misuse":"lifespan.send-order"},
    {"on":["lifespan.drain"],"from":["ready"],"to":"draining","requirement":"lifespan.drain-order"},
    {"on":["lifespan.drain"],"from":["called","starting","draining","stopping","over","lost"],"never":"lifespan.drain-order"},
    {"on":["lifespan.shutdown"],"from":["draining"],"to":"stopping","requirement":"lifespan.shutdown-last"},
    {"on":["lifespan.shutdown"],"from":["called","starting","ready"],"never":"lifespan.drain-order"},
    {"on":["lifespan.shutdown"],"from":["stopping","over","lost"],"stay":true},
    {"on":["lifespan.stopped"],"from":["stopping"],"to":"over","do":"finish","requirement":"lifespan.stop-timeout"},
    {"on":["lifespan.stopped"],"from":["called","starting","ready","draining","over"],"misuse":"lifespan.send-order"},
    {"on":["lifespan.ready","lifespan.failed","lifespan.stopped"],"from":["lost"],"closed":"lifespan.startup-timeout"},
    {"on":["application.raises"],"from":["called","starting"],"when":"declined","to":"over","do":"serve","requirement":"lifespan.unsupported"},
    {"on":["application.returns","application.raises"],"from":["called","starting"],"to":"over","do":"fail","requirement":"lifespan.fatal-start"},
    {"on":["application.returns","application.raises"],"from":["ready","draining"],"to":"over","do":"drain","requirement":"lifespan.early-end"},
    {"on":["application.returns","application.raises"],"from":["stopping"],"to":"over","do":"finish","requirement":"lifespan.stop-timeout"},
    {"on":["application.returns","application.raises"],"from":["over","lost"],"stay":true},
    {"on":["time.expires"],"from":["called","starting"],"to":"lost","do":"give-up","requirement":"lifespan.startup-timeout"},
    {"on":["time.expires"],"from":["ready","draining","stopping"],"to":"lost","do":"kill","requirement":"lifespan.stop-timeout"},
    {"on":["time.expires"],"from":["over","lost"],"stay":true},
  ],
};

export type FlowOutputState = 'flowing' | 'full' | 'over' | 'lost';
export type FlowOutputGuard = 'at-high-water' | 'above-low-water';
export type FlowOutputAction = 'resolve' | 'fail';

/** The output buffer of one conversation, and what becomes of the sends that wait for it. */
export const FLOW_OUTPUT: MachineTable<FlowOutputState, FlowOutputGuard, FlowOutputAction> = {
  machine: "flow.output",
  scope: ["http","websocket","tunnel"],
  initial: "flowing",
  final: ["over","lost"],
  states: ["flowing","full","over","lost"],
  transitions: [
    {"on":["event.accepted"],"from":["flowing"],"when":"at-high-water","to":"full","requirement":"flow.send-waits"},
    {"on":["event.accepted"],"from":["flowing"],"to":"flowing","do":"resolve","requirement":"flow.send-waits"},
    {"on":["event.accepted"],"from":["full"],"to":"full","requirement":"flow.large-event"},
    {"on":["event.accepted"],"from":["over"],"never":"flow.end-settles"},
    {"on":["event.accepted"],"from":["lost"],"never":"closed.on-send"},
    {"on":["octets.taken"],"from":["full"],"when":"above-low-water","stay":true},
    {"on":["octets.taken"],"from":["full"],"to":"flowing","do":"resolve","requirement":"flow.send-waits"},
    {"on":["octets.taken"],"from":["flowing","over","lost"],"stay":true},
    {"on":["output.ends"],"from":["flowing","full"],"to":"over","do":"resolve","requirement":"flow.end-settles"},
    {"on":["output.ends"],"from":["over","lost"],"stay":true},
    {"on":["peer.lost"],"from":["flowing","full"],"to":"lost","do":"fail","requirement":"flow.send-settles-on-close"},
    {"on":["peer.lost"],"from":["over","lost"],"stay":true},
  ],
};

export type TunnelConversationState = 'offered' | 'open' | 'ended' | 'aborted' | 'refused' | 'lost';
export type TunnelConversationGuard = 'declined' | 'datagrams-unfit' | 'accepting-status' | 'no-datagrams' | 'oversize' | 'within-capsule' | 'settled' | 'answered';
export type TunnelConversationAction = 'accept' | 'data' | 'datagram' | 'end' | 'abort';

/** The tunnel, as the application drives it. */
export const TUNNEL_CONVERSATION: MachineTable<TunnelConversationState, TunnelConversationGuard, TunnelConversationAction> = {
  machine: "tunnel.conversation",
  scope: ["tunnel"],
  initial: "offered",
  final: ["ended","aborted","refused","lost"],
  states: ["offered","open","ended","aborted","refused","lost"],
  transitions: [
    {"on":["tunnel.accept"],"from":["offered"],"when":"datagrams-unfit","misuse":"tunnel.accept-datagrams"},
    {"on":["tunnel.accept"],"from":["offered"],"to":"open","do":"accept","requirement":"tunnel.accept-wire"},
    {"on":["tunnel.accept"],"from":["open","ended","aborted","refused"],"misuse":"tunnel.accept-once"},
    {"on":["send tunnel.data","send tunnel.end","send tunnel.datagram","tunnel.abort"],"from":["offered","refused"],"misuse":"tunnel.data-before-accept"},
    {"on":["send tunnel.data"],"from":["open"],"to":"open","do":"data","requirement":"tunnel.data-order"},
    {"on":["send tunnel.end"],"from":["open"],"when":"within-capsule","misuse":"tunnel.datagram.unfinished"},
    {"on":["send tunnel.end"],"from":["open"],"to":"ended","do":"end","requirement":"tunnel.end-half-close"},
    {"on":["send tunnel.datagram"],"from":["open"],"when":"no-datagrams","misuse":"tunnel.datagram.permitted"},
    {"on":["send tunnel.datagram"],"from":["open"],"when":"oversize","misuse":"tunnel.datagram.permitted"},
    {"on":["send tunnel.datagram"],"from":["open"],"to":"open","do":"datagram","requirement":"tunnel.datagram.whole"},
    {"on":["send tunnel.data","send tunnel.end","send tunnel.datagram"],"from":["ended","aborted"],"misuse":"tunnel.nothing-after-end"},
    {"on":["tunnel.abort"],"from":["open"],"to":"aborted","do":"abort","requirement":"tunnel.abort-wire"},
    {"on":["tunnel.abort"],"from":["ended"],"when":"settled","to":"aborted","requirement":"tunnel.abort-wire"},
    {"on":["tunnel.abort"],"from":["ended"],"to":"aborted","do":"abort","requirement":"tunnel.abort-wire"},
    {"on":["tunnel.abort"],"from":["aborted"],"misuse":"tunnel.nothing-after-end"},
    {"on":["tunnel.accept","send tunnel.data","send tunnel.end","send tunnel.datagram","tunnel.abort"],"from":["lost"],"closed":"closed.on-send"},
    {"on":["http.response.start"],"from":["offered"],"when":"accepting-status","misuse":"tunnel.refuse"},
    {"on":["http.response.start","http.refuse"],"from":["offered"],"to":"refused","requirement":"tunnel.refuse"},
    {"on":["http.informational","http.response.body","http.file","http.response.end","http.response.abort"],"from":["offered"],"stay":true},
    {"on":["http.informational","http.response.start","http.response.body","http.file","http.response.end","http.response.abort","http.refuse"],"from":["refused"],"stay":true},
    {"on":["http.informational","http.response.start","http.response.body","http.file","http.response.end","http.response.abort","http.refuse"],"from":["open","ended","aborted"],"misuse":"tunnel.no-response-after-accept"},
    {"on":["http.informational","http.response.start","http.response.body","http.file","http.response.end","http.response.abort","http.refuse"],"from":["lost"],"closed":"closed.on-send"},
    {"on":["application.raises"],"from":["offered"],"when":"declined","to":"refused","requirement":"http.unsupported-scope"},
    {"on":["application.returns","application.raises"],"from":["offered"],"to":"refused","requirement":"http.500-when-open"},
    {"on":["application.returns"],"from":["open"],"when":"within-capsule","to":"aborted","do":"abort","requirement":"tunnel.abort-when-unended"},
    {"on":["application.returns"],"from":["open"],"to":"ended","do":"end","requirement":"tunnel.returns-closes"},
    {"on":["application.returns"],"from":["ended","aborted","refused","lost"],"stay":true},
    {"on":["application.raises"],"from":["open"],"to":"aborted","do":"abort","requirement":"tunnel.abort-when-unended"},
    {"on":["application.raises"],"from":["ended"],"when":"settled","stay":true},
    {"on":["application.raises"],"from":["ended"],"to":"aborted","do":"abort","requirement":"tunnel.abort-when-unended"},
    {"on":["application.raises"],"from":["aborted","refused","lost"],"stay":true},
    {"on":["peer.lost"],"from":["refused"],"when":"answered","stay":true},
    {"on":["peer.lost"],"from":["offered","open","refused"],"to":"lost","requirement":"cancel.on-peer-loss"},
    {"on":["peer.lost"],"from":["ended","aborted","lost"],"stay":true},
  ],
};

export type TunnelIncomingState = 'waiting' | 'open' | 'ended' | 'dropped' | 'closed' | 'unaccepted';
export type TunnelIncomingGuard = never;
export type TunnelIncomingAction = 'discard';

/** What the application receives of a tunnel. */
export const TUNNEL_INCOMING: MachineTable<TunnelIncomingState, TunnelIncomingGuard, TunnelIncomingAction> = {
  machine: "tunnel.incoming",
  scope: ["tunnel"],
  initial: "waiting",
  final: ["closed","unaccepted"],
  states: ["waiting","open","ended","dropped","closed","unaccepted"],
  transitions: [
    {"on":["tunnel.accept"],"from":["waiting"],"to":"open","requirement":"tunnel.accept-wire"},
    {"on":["tunnel.accept"],"from":["open","ended","dropped","closed","unaccepted"],"stay":true},
    {"on":["tunnel.abort"],"from":["open","ended"],"to":"dropped","do":"discard","requirement":"tunnel.closed.when"},
    {"on":["application.returns","application.raises"],"from":["open","ended"],"to":"dropped","do":"discard","requirement":"tunnel.returns-closes"},
    {"on":["tunnel.abort","application.returns","application.raises"],"from":["waiting","dropped","closed","unaccepted"],"stay":true},
    {"on":["receive tunnel.data"],"from":["open"],"to":"open","requirement":"tunnel.data-order"},
    {"on":["receive tunnel.datagram"],"from":["open"],"to":"open","requirement":"tunnel.datagram.whole"},
    {"on":["receive tunnel.end"],"from":["open"],"to":"ended","requirement":"tunnel.end-given-once"},
    {"on":["receive tunnel.data","receive tunnel.end"],"from":["ended"],"never":"tunnel.end-given-once"},
    {"on":["receive tunnel.datagram"],"from":["ended"],"never":"tunnel.datagram.dropped"},
    {"on":["receive tunnel.data","receive tunnel.end","receive tunnel.datagram"],"from":["waiting","unaccepted"],"never":"tunnel.no-early-answer"},
    {"on":["receive tunnel.data","receive tunnel.end","receive tunnel.datagram"],"from":["dropped"],"never":"tunnel.closed.when"},
    {"on":["receive tunnel.data","receive tunnel.end","receive tunnel.datagram"],"from":["closed"],"never":"tunnel.closed.repeats"},
    {"on":["tunnel.closed"],"from":["open","ended","dropped","closed"],"to":"closed","requirement":"tunnel.closed.repeats"},
    {"on":["tunnel.closed"],"from":["waiting","unaccepted"],"never":"tunnel.no-early-answer"},
    {"on":["http.closed"],"from":["waiting","unaccepted"],"to":"unaccepted","requirement":"http.closed.repeats"},
    {"on":["http.closed"],"from":["open","ended","dropped","closed"],"never":"tunnel.closed.repeats"},
  ],
};
