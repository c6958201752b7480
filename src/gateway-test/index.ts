/** `payonce/gateway-test`: the conformance suite, and what a stand-in for it is written with. */
export type {
  Ability,
  GatewayActor,
  Maker,
  Novelty,
  OpenStandIn,
  Place,
  Signature,
  SignedRequest,
  StandIn,
  StoredPayment,
  Trouble,
} from './actor.ts';
export { type Result, runSuite } from './suite.ts';
