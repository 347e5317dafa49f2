// Reloads the page when the server has another one. Only previews load this.
'use strict';
{
  const { digest } = document.currentScript.dataset;
  const question = `/-/changed?page=${encodeURIComponent(location.pathname)}&digest=${digest}`;
  const folds = () => [...document.querySelectorAll('details')];
  const memory = `gradsheet:${location.pathname}`;

  // What was unfolded stays so.
  const open = (sessionStorage.getItem(memory) ?? '').split(',');
  sessionStorage.removeItem(memory);
  folds().forEach((fold, index) => { if (open.includes(String(index))) fold.open = true; });

  const reload = () => {
    const numbers = folds().flatMap((fold, index) => (fold.open ? [index] : []));
    sessionStorage.setItem(memory, numbers.join());
    location.reload();
  };
  const pause = () => new Promise((resolve) => { setTimeout(resolve, 500); });
  // A browser holds few connections: a page that nobody sees asks nothing.
  const seen = () => new Promise((resolve) => {
    if (!document.hidden) return resolve();
    document.addEventListener('visibilitychange', resolve, { once: true });
  });
  const ask = async () => {
    const stop = new AbortController();
    const hide = () => { if (document.hidden) stop.abort(); };
    document.addEventListener('visibilitychange', hide);
    try {
      const answer = await fetch(question, { signal: stop.signal, cache: 'no-store' });
      return answer.status === 200;
    } finally {
      document.removeEventListener('visibilitychange', hide);
    }
  };
  (async () => {
    for (;;) {
      await seen();
      try {
        if (await ask()) return reload();
      } catch {
        await pause();
      }
    }
  })();
}
