/**
 * An order as a Restate virtual object: its key is the order's id, so one input is handled at a time,
 * and its state is Restate's. Each effect is a `ctx.run`, so what is done is never done again.
 * https://docs.restate.dev/foundations/services, https://docs.restate.dev/guides/durable-webhooks
 */
import * as restate from '@restatedev/restate-sdk';
import type { Pool } from 'pg';
import type { GatewayClient } from '../../gateway-client.ts';
import { EFFECTS } from '../../side.ts';
import { performEffect } from '../effects.ts';
import type { Capture, Money, OrderStatus } from '../http-edge.ts';

/** The name of the object, as it is in the ingress' paths. */
export const ORDER_OBJECT = 'order';

interface Order extends Money, OrderStatus {
  paymentId?: string;
}

const readOrder = (ctx: restate.ObjectSharedContext) => ctx.get<Order>('order');

export function createOrderObject(pool: Pool, gateway: GatewayClient) {
  return restate.object({
    name: ORDER_OBJECT,
    handlers: {
      start,
      pay: (ctx: restate.ObjectContext) => pay(ctx, gateway),
      captured: (ctx: restate.ObjectContext, capture: Capture) => captured(ctx, pool, capture),
      status: restate.handlers.object.shared(status),
    },
  });
}

async function start(ctx: restate.ObjectContext, price: Money): Promise<'created' | 'known'> {
  if ((await readOrder(ctx)) !== null) return 'known';
  ctx.set<Order>('order', { ...price, state: 'initiated', version: 1 });
  return 'created';
}

async function pay(ctx: restate.ObjectContext, gateway: GatewayClient): Promise<string> {
  const order = await requireOrder(ctx);
  if (order.paymentId !== undefined) return order.paymentId;
  const paymentId = await ctx.run('open payment', () => gateway.openPayment(ctx.key));
  const state = order.state === 'initiated' ? 'pending' : order.state;
  ctx.set<Order>('order', { ...order, state, version: order.version + 1, paymentId });
  return paymentId;
}

async function captured(ctx: restate.ObjectContext, pool: Pool, capture: Capture): Promise<void> {
  const order = await requireOrder(ctx);
  if (order.state === 'paid') return;
  ctx.set<Order>('order', { ...order, state: 'paid', version: order.version + 1 });
  await restate.RestatePromise.all(
    EFFECTS.map((effect) => ctx.run(effect, () => performEffect(pool, effect, capture))),
  );
}

async function status(ctx: restate.ObjectSharedContext): Promise<OrderStatus | null> {
  const order = await readOrder(ctx);
  return order && { state: order.state, version: order.version };
}

/** @throws TerminalError that the ingress answers with 404 */
async function requireOrder(ctx: restate.ObjectSharedContext): Promise<Order> {
  const order = await readOrder(ctx);
  if (order === null) throw new restate.TerminalError(`no order ${ctx.key}`, { errorCode: 404 });
  return order;
}
