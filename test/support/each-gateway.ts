/** Stories of money and events: each is told at every gateway of the one list, and at all of them at once. */
import { GATEWAYS } from './gateways.ts';
import { type Place, placeAt } from './place.ts';
import { LEFT_OUT } from './skipped-scenarios.ts';

type Story = (place: Place) => Promise<void>;

/**
 * Whichever test of a story comes first begins it at every gateway, as nothing that one of them does is
 * about another: so three gateways take hardly longer than one. A second try is made alone.
 * What not every gateway knows is in `left-out.ts`, under the title.
 */
export function atEachGateway(title: string, story: Story): void {
  const needs = LEFT_OUT[title];
  const places = GATEWAYS.filter(({ cannot }) => needs === undefined || !(needs in cannot));
  let begun: Map<string, Promise<void>> | undefined;
  for (const { name } of places)
    it(`${title}, at ${name}`, async () => {
      begun ??= new Map(places.map((place) => [place.name, heldBack(tell(place.name, story))]));
      const first = begun.get(name);
      begun.delete(name);
      await (first ?? tell(name, story));
    });
}

/** Whoever waits for it hears of the failure; until then nobody is told that it went unheard. */
function heldBack(telling: Promise<void>): Promise<void> {
  telling.catch(() => {});
  return telling;
}

async function tell(name: string, story: Story): Promise<void> {
  const place = await placeAt(name);
  try {
    await story(place);
  } finally {
    await place.gateway.calm();
  }
}
