// Runs before the first paint, so that a dark page never flashes white. Storage may be blocked: then nothing is remembered.
(() => {
  const root = document.documentElement;
  const recall = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const theme = recall("theme");
  if (theme) root.dataset.theme = theme;
  if (recall("projector")) root.dataset.projector = "";
})();
