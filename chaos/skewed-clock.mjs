/**
 * Loaded before a process of a run: its clock is wrong by CLOCK_SKEW_MS, as the clock of a host that
 * nobody synchronizes. Only what time it is changes; timers run as ever.
 */
const skewMs = Number(process.env.CLOCK_SKEW_MS ?? 0);
const trueNow = Date.now.bind(Date);
const now = () => trueNow() + skewMs;

globalThis.Date = new Proxy(Date, {
  apply: () => new Date().toString(),
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});
