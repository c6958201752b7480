/** Numbers of invoices and of credit notes: each series goes from 1 to its last without a gap. */
import { onePaper } from '../../test/invariants/papers.ts';
import { type Invariant, wrong } from './remains.ts';

const NUMBERS = `
  select name, last::int as last, count(distinct number)::int as numbers,
         coalesce(max(number), 0)::int as highest, count(number)::int as papers
  from number_series left join (
    select 'invoice' as series, number from invoices
    union all select 'credit_note', number from credit_notes
  ) papers on papers.series = name
  group by name, last`;

interface Series {
  name: string;
  last: number;
  numbers: number;
  highest: number;
  papers: number;
}

export const numbersWithoutGaps: Invariant = {
  name: onePaper.name,
  async check({ evidence: { database } }) {
    const { rows } = await database.query<Series>(NUMBERS);
    return rows
      .filter(({ last, numbers, highest, papers }) =>
        [numbers, highest, papers].some((count) => count !== last),
      )
      .map((series) =>
        wrong(series.name, `numbers are not 1 to the last: ${JSON.stringify(series)}`),
      );
  },
};
