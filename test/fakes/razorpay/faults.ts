/** What a network and a busy gateway do to calls: each planned fault strikes once, before or after the deed. */
export type Fault =
  | 'reset_before'
  | 'reset_after'
  | 'hang_before'
  | 'hang_after'
  | 'error_500_before'
  | 'error_500_after'
  | 'html_502_after'
  | 'too_many_requests'
  | 'not_allowed'
  | 'key_refused';

interface Planned {
  call: RegExp;
  fault: Fault;
}

interface Lasting {
  call: RegExp;
  faults: Fault[];
  turn: number;
  struck: () => void;
}

interface Held {
  call: RegExp;
  arrived: () => void;
  released: Promise<void>;
}

export type Faults = ReturnType<typeof createFaults>;

export function createFaults() {
  const planned: Planned[] = [];
  const holds: Held[] = [];
  const lasting: Lasting[] = [];
  return {
    /** @param call matched against "POST /v1/orders" */
    plan(call: RegExp, ...faults: Fault[]): void {
      planned.push(...faults.map((fault) => ({ call, fault })));
    },
    /** Strikes every such call, with one after the other in turn, until `end`; resolves when it has struck the first. */
    always(call: RegExp, ...faults: Fault[]): Promise<void> {
      const first = gate();
      lasting.push({ call, faults, turn: 0, struck: first.open });
      return first.opened;
    },
    end(): void {
      lasting.length = 0;
    },
    next(call: string): Fault | undefined {
      const always = lasting.find((plan) => plan.call.test(call));
      if (always !== undefined) {
        always.struck();
        always.turn += 1;
        return always.faults[always.turn % always.faults.length];
      }
      const at = planned.findIndex((plan) => plan.call.test(call));
      return at < 0 ? undefined : planned.splice(at, 1)[0]?.fault;
    },
    /** The next such call stops in the middle of its work until it is let go. */
    hold(call: RegExp): { arrived: Promise<void>; release: () => void } {
      const arrival = gate();
      const departure = gate();
      holds.push({ call, arrived: arrival.open, released: departure.opened });
      return { arrived: arrival.opened, release: departure.open };
    },
    async pass(call: string): Promise<void> {
      const at = holds.findIndex((hold) => hold.call.test(call));
      const [held] = at < 0 ? [] : holds.splice(at, 1);
      held?.arrived();
      await held?.released;
    },
  };
}

function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
