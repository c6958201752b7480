/** Rest: every effect is done, every request has its answer, and a refund that waits will be asked about. */
import { type Invariant, wrong } from './evidence.ts';

export const nothingOwed: Invariant = {
  name: 'I9 every order comes to rest',
  check({ order }) {
    if (order === null) return [];
    const { id, view, ledger } = order;
    const unanswered = ledger.held.length + ledger.waiting.length;
    return [
      ...view.effects
        .filter(({ status }) => status !== 'done')
        .map(({ key, status }) => wrong(id, `${key} is ${status}`)),
      ...view.refunds
        .filter(({ status }) => status === 'requested' && ledger.poll === null)
        .map((refund) => wrong(id, `refund ${refund.id} waits, and nobody will ask again`)),
      ...(unanswered === 0 ? [] : [wrong(id, `${unanswered} inputs have had no answer`)]),
    ];
  },
};
