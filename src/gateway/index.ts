// The reference gateway, for those who embed it. Transports stand beside it in `transport/`.

export {
  createGateway,
  type Fault,
  type Gateway,
  type GatewayOptions,
  isRefusal,
  type StartOutcome,
} from './gateway.ts';
export { DEFAULT_LIMITS } from './limits.ts';
export type { Exchange, LossCause, Wire } from './wire.ts';
