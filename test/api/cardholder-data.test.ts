import assert from 'node:assert/strict';
import { refuseCardholderData } from '../../src/api/access/cardholder-data.ts';
import { Problem } from '../../src/api/problems/problem.ts';

function pointerOf(value: unknown): string | null {
  try {
    refuseCardholderData(value);
    return null;
  } catch (error) {
    assert.ok(error instanceof Problem && error.code === 'cardholder_data_rejected');
    assert.ok(!JSON.stringify(error).includes('4111'), 'the number must not be repeated');
    return error.errors[0]?.pointer ?? '';
  }
}

describe('card data in a request', () => {
  const found: [string, unknown, string][] = [
    ['a Visa number', { description: 'card 4111111111111111 please' }, '/description'],
    ['a number in groups', { metadata: { note: '5555 5555 5555 4444' } }, '/metadata/note'],
    ['a number with hyphens', { note: '4111-1111-1111-1111' }, '/note'],
    ['an Amex number in groups', { note: '3782-822463-10005' }, '/note'],
    ['a number as a key', { metadata: { '4111111111111111': 'x' } }, '/metadata'],
    ['a card object', { card: {} }, '/card'],
    ['a security code', { metadata: { CVC: '123' } }, '/metadata/CVC'],
    ['track data', { track2: 'x' }, '/track2'],
  ];
  for (const [what, value, pointer] of found)
    it(`is found as ${what}, and its place named`, () => assert.equal(pointerOf(value), pointer));

  const innocent: [string, unknown][] = [
    ['a number that fails the check digit', { note: '4111111111111112' }],
    ['a time stamp with a good check digit', { id: 'ord_1706263200003' }],
    ['a UUID', { id: '41111111-1111-4111-8111-111111111111' }],
    ['a long run of digits', { note: '41111111111111111111111' }],
    ['a hexadecimal id', { id: 'ord_a4111111111111111f' }],
    ['tracking', { metadata: { tracking_id: '12' } }],
  ];
  for (const [what, value] of innocent)
    it(`is not seen in ${what}`, () => assert.equal(pointerOf(value), null));
});
