/** `payonce/gateway`: what a gateway that is a package of its own is written with. */
export type { GatewaySetting, GatewaySettings, GatewayValues } from '../config/config.ts';
export type { Address, OrderDetails, Shipping } from '../domain/details.ts';
export type {
  CaptureSnapshot,
  DisputeStatus,
  Fact,
  GatewayIds,
  RefundSnapshot,
  RefundStatus,
  SnapshotStatus,
} from '../domain/facts/facts.ts';
export {
  type AmountRules,
  brokenRule,
  brokenRuleOfPart,
  fromGatewayUnits,
  noRules,
  toGatewayUnits,
} from '../money/amounts.ts';
export { decimalOfMinor, minorOfDecimal } from '../money/decimal.ts';
export type { GatewayCapabilities } from './capabilities.ts';
export { cutText } from './cut-text.ts';

export {
  type CreatedPayment,
  type CreatePayment,
  type EventMessage,
  type FetchedPayments,
  type FetchPayments,
  type FetchSettlement,
  type Gateway,
  GatewayMisconfigured,
  GatewayOutcomeUnknown,
  type GatewayPayment,
  GatewayRefusal,
  type IgnoredReason,
  INSTALLATION_FIELD,
  isKeyRefused,
  type NamedPayment,
  type RefundPayment,
  type SettlementItem,
  type SettlementPage,
  type WebhookEndpoint,
  type WebhookHeaders,
  type WebhookMessage,
  type WebhookQuery,
  WebhookRejection,
  type WebhookRejectionCode,
} from './gateway.ts';
export {
  defineGateway,
  GATEWAY_INTERFACE_VERSION,
  type GatewayPackage,
  type SettingsOf,
} from './gateway-package.ts';
export { createOutboundFetch, type OutboundFetch, OutboundRefusal } from './outbound.ts';
export {
  capabilitiesSchema,
  eventMessageSchema,
  gatewayPackageSchema,
  gatewayPaymentSchema,
  refundSchema,
  webhookMessageSchema,
} from './schemas.ts';
export { named } from './unknown-word.ts';
