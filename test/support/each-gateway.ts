/** Scenarios of money and events: each is told at every gateway of the one list, and at all of them at once. */
import { GATEWAYS } from './gateways.ts';
import { type Place, placeAt } from './place.ts';
import { sideBySide } from './side-by-side.ts';
import { LEFT_OUT } from './skipped-scenarios.ts';

type Story = (place: Place) => Promise<void>;

/**
 * Nothing that one gateway does is about another: so three take hardly longer than one.
 * What not every gateway knows is in `skipped-scenarios.ts`, under the title.
 */
export function atEachGateway(title: string, story: Story): void {
  const needs = LEFT_OUT[title];
  const places = GATEWAYS.filter(({ cannot }) => needs === undefined || !(needs in cannot));
  sideBySide(
    Object.fromEntries(
      places.map(({ name }) => [`${title}, at ${name}`, () => tell(name, story)] as const),
    ),
  );
}

async function tell(name: string, story: Story): Promise<void> {
  const place = await placeAt(name);
  try {
    await story(place);
  } finally {
    await place.gateway.calm();
  }
}
