/** Loads a gateway's own script, once, and only when a customer has chosen that gateway. */
const loading = new Map();

export function loadScript(src) {
  const before = loading.get(src);
  if (before !== undefined) return before;
  const loaded = new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = src;
    script.onload = () => resolve();
    script.onerror = () => {
      loading.delete(src);
      reject(new Error('The gateway’s page could not be loaded. Nothing was charged; try again.'));
    };
    document.head.append(script);
  });
  loading.set(src, loaded);
  return loaded;
}
