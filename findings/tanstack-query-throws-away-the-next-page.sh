#!/usr/bin/env bash
# @tanstack/query-core 5.108.4 (what @tanstack/react-query 5.108.4 runs on), seen on Node 20.20.2, 2026-11-30.
#
# Guess: a list that is invalidated while its next page is read is read again after that, and shows the page; or
#        `fetchNextPage()` rejects, as it was cancelled.
# Seen:  the page is asked for, comes, and is thrown away. `fetchNextPage()` resolves with the status "success", no error
#        and one page. With `cancelRefetch: false` the page stays and the invalidation is the one that is lost: what was
#        shown before is never read again. There is no setting that keeps both.
# What helps: whoever invalidates for a stream of changes waits until `isFetching()` is 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @tanstack/query-core@5.108.4
cat > try.cjs <<'JS'
const { InfiniteQueryObserver, QueryClient } = require('@tanstack/query-core');

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const clickWhile = async (invalidate) => {
  const client = new QueryClient();
  const asked = [];
  const observer = new InfiniteQueryObserver(client, {
    queryKey: ['list'],
    initialPageParam: 1,
    getNextPageParam: (last) => last + 1,
    queryFn: async ({ pageParam }) => {
      asked.push(pageParam);
      await sleep(500);
      return pageParam;
    },
  });
  const stop = observer.subscribe(() => {});
  while (observer.getCurrentResult().data === undefined) await sleep(10);
  const more = observer.fetchNextPage();
  await sleep(50);
  invalidate(client);
  const { status, data, isFetchNextPageError } = await more;
  await sleep(1500);
  const shown = observer.getCurrentResult().data.pages;
  stop();
  return `${status}, error ${isFetchNextPageError}, pages ${data.pages}; asked for ${asked}; shown in the end ${shown}`;
};

(async () => {
  console.log('undisturbed:', await clickWhile(() => {}));
  console.log('invalidated:', await clickWhile((client) => client.invalidateQueries()));
  console.log('cancelRefetch false:', await clickWhile((client) => client.invalidateQueries({}, { cancelRefetch: false })));
  process.exit();
})();
JS
expected='undisturbed: success, error false, pages 1,2; asked for 1,2; shown in the end 1,2
invalidated: success, error false, pages 1; asked for 1,2,1; shown in the end 1
cancelRefetch false: success, error false, pages 1,2; asked for 1,2; shown in the end 1,2'
seen=$(node try.cjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
