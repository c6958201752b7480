/** Whom an order is for and where it goes, as a shop in India that exports has to say it. */
export const ADDRESS = {
  line1: '510 Townsend St',
  line2: 'Suite 7',
  city: 'San Francisco',
  state: 'CA',
  postalCode: '94103',
  country: 'US',
};

export const SHIPPING = {
  name: 'Anna Żółkiewska',
  address: { ...ADDRESS, line1: '12 Harbour Road' },
  phone: '+91 22 1234 5678',
};

export const PEOPLE = {
  customer: { email: 'ada@example.com', name: 'आदा लवलेस', address: ADDRESS },
  shipping: SHIPPING,
  description: 'Two tickets, exported',
};
