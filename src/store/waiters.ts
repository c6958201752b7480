/** Requests that wait for an order to change. In memory, and only a hint: readers read again. */

export interface Waiters {
  /** Resolves to what `wake` says, or to false after `timeoutMs` or an abort. */
  wait(orderId: string, timeoutMs: number, signal?: AbortSignal): Promise<boolean>;
  /** @param orderId empty where a list has changed, apart from any order */
  wake(orderId: string): void;
  wakeAll(changed: boolean): void;
  /** Calls back with what `wake` is given, and with null when changes may have been missed, until it is undone. */
  watch(onChange: OnChange): () => void;
}

export type OnChange = (orderId: string | null) => void;

type Waiter = (changed: boolean) => void;

export function createWaiters(): Waiters {
  const waiting = new Map<string, Set<Waiter>>();
  const watching = new Set<OnChange>();

  function add(orderId: string, waiter: Waiter): () => void {
    const others = waiting.get(orderId) ?? new Set<Waiter>();
    waiting.set(orderId, others.add(waiter));
    return () => {
      others.delete(waiter);
      if (others.size === 0) waiting.delete(orderId);
    };
  }

  return {
    wait: (orderId, timeoutMs, signal) =>
      new Promise((resolve) => {
        const finish = (changed: boolean) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', giveUp);
          remove();
          resolve(changed);
        };
        const giveUp = () => finish(false);
        const remove = add(orderId, finish);
        const timer = setTimeout(giveUp, timeoutMs);
        signal?.addEventListener('abort', giveUp);
        if (signal?.aborted === true) giveUp();
      }),
    wake: (orderId) => {
      for (const waiter of [...(waiting.get(orderId) ?? [])]) waiter(true);
      for (const onChange of watching) onChange(orderId);
    },
    wakeAll: (changed) => {
      for (const waiter of [...waiting.values()].flatMap((set) => [...set])) waiter(changed);
      for (const onChange of watching) onChange(null);
    },
    watch(onChange) {
      watching.add(onChange);
      return () => void watching.delete(onChange);
    },
  };
}
