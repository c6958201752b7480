/** What a judgement of settlements is measured by. */

/** What a gateway has agreed to charge for a capture; nothing is checked of a currency that is not named. */
export interface FeeTerms {
  gateway: string;
  currency: string;
  /** Of the gross amount, in percent; exact decimal text such as `2.9`. */
  percent: string;
  /** Minor units on top. */
  fixedMinor: number;
  /** Tax on the fee in percent. */
  taxPercent: string;
}

export interface BookTerms {
  /** After how many days a report has to have shown what an order has. */
  reportedWithinDays: number;
  fees: readonly FeeTerms[];
}
