#!/usr/bin/env bash
# @mantine/core 9.8.1 with react 19.3.1 and jsdom 26.1.0, seen on Node 20.20.2, 2026-11-30.
#
# Guess: with `getStyleNonce` on the provider every style element that a component adds has the nonce, so that a page with
#        `style-src 'nonce-…'` and without 'unsafe-inline' shows all of them.
# Seen:  the provider's own styles have it. A Modal or Drawer that opens locks scrolling with a style element of
#        react-remove-scroll, which knows nothing of the provider and has no nonce: the browser refuses it, and reports a
#        violation of the policy each time. The page below scrolls.
# What helps: `lockScroll={false}` where the policy is strict, or `setNonce` of the package get-nonce, which is asked instead.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @mantine/core@9.8.1 @mantine/hooks@9.8.1 react@19.3.1 react-dom@19.3.1 jsdom@26.1.0
cat > try.cjs <<'JS'
const { JSDOM } = require('jsdom');

const { window } = new JSDOM('<!doctype html><div id="root"></div>', { pretendToBeVisual: true });
globalThis.navigator ??= window.navigator;
Object.assign(globalThis, { window, document: window.document, HTMLElement: window.HTMLElement, Node: window.Node, getComputedStyle: window.getComputedStyle, requestAnimationFrame: window.requestAnimationFrame, cancelAnimationFrame: window.cancelAnimationFrame, MutationObserver: window.MutationObserver, IS_REACT_ACT_ENVIRONMENT: true });
window.matchMedia = () => ({ matches: false, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {} });
globalThis.ResizeObserver = window.ResizeObserver = class { observe() {} unobserve() {} disconnect() {} };

const { act, createElement } = require('react');
const { createRoot } = require('react-dom/client');
const { MantineProvider, Modal } = require('@mantine/core');

const noncesWith = async (lockScroll) => {
  const root = createRoot(document.getElementById('root'));
  const modal = createElement(Modal, { opened: true, onClose() {}, lockScroll, transitionProps: { duration: 0 } }, 'hello');
  await act(async () => root.render(createElement(MantineProvider, { getStyleNonce: () => 'abc' }, modal)));
  const nonces = [...document.querySelectorAll('style')].map((style) => style.nonce || style.getAttribute('nonce') || 'none');
  await act(async () => root.unmount());
  const count = (nonce) => nonces.filter((found) => found === nonce).length;
  return `with the nonce ${count('abc') > 0}, without one ${count('none')}`;
};

(async () => {
  for (const lockScroll of [false, true]) console.log(`lockScroll ${lockScroll}: styles ${await noncesWith(lockScroll)}`);
  process.exit();
})();
JS
expected='lockScroll false: styles with the nonce true, without one 0
lockScroll true: styles with the nonce true, without one 1'
seen=$(node try.cjs 2>&1)
echo "$seen"
[ "$seen" = "$expected" ] || { echo "this has changed; seen before:"; echo "$expected"; exit 1; }
